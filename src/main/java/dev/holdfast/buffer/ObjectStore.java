package dev.holdfast.buffer;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/// The object store that holds the record. Nothing rests on conditional writes: keys are
/// unique, so a late PUT only shows a finished copy again and a late DELETE hits nothing
/// alive.
public interface ObjectStore {

	/// Stores an object; it is durable as the store is once this returns.
	/// @param atMost how long to wait for the answer
	/// @throws StoreException if the store did not confirm it; it may be stored all the
	/// same
	void put(String key, Payload payload, Duration atMost) throws StoreException;

	/// Reads an object whole.
	/// @throws StoreException with kind `NOT_FOUND` if there is none
	byte[] get(String key) throws StoreException;

	/// Lists objects in the order of their keys, at most 1,000.
	/// @param after the key to begin behind, or null to begin with the first
	Listing list(String prefix, @Nullable String after) throws StoreException;

	/// Copies an object within the store, unread.
	void copy(String from, String to) throws StoreException;

	/// Deletes objects; one that is not there counts as deleted.
	/// @return the keys that the store refused to delete
	Set<String> delete(Collection<String> keys) throws StoreException;

	/// A page of a listing.
	///
	/// @param objects in the order of their keys
	/// @param date the store's clock when it answered: what every age is counted from
	/// @param truncated whether there are more behind the last
	record Listing(List<Listed> objects, Instant date, boolean truncated) {
	}

	/// An object as listed.
	record Listed(String key, long size, Instant lastModified) {
	}

}
