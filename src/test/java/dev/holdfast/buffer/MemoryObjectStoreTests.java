package dev.holdfast.buffer;

/// The fake does what the real ones do.
class MemoryObjectStoreTests extends ObjectStoreContract {

	private final MemoryObjectStore store = new MemoryObjectStore();

	@Override
	ObjectStore store() {
		return this.store;
	}

}
