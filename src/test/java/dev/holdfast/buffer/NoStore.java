package dev.holdfast.buffer;

import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/// A store that nothing is expected to be asked of, but for what a test overrides.
public class NoStore implements ObjectStore {

	@Override
	public void put(String key, Payload payload, Duration atMost) throws StoreException {
		throw new AssertionError("put " + key);
	}

	@Override
	public byte[] get(String key) throws StoreException {
		throw new AssertionError("get " + key);
	}

	@Override
	public Listing list(String prefix, String after) throws StoreException {
		throw new AssertionError("list " + prefix);
	}

	@Override
	public void copy(String from, String to) throws StoreException {
		throw new AssertionError("copy " + from);
	}

	@Override
	public Set<String> delete(Collection<String> keys) throws StoreException {
		throw new AssertionError("delete " + keys);
	}

}
