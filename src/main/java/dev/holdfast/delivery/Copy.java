package dev.holdfast.delivery;

/// A stored delivery with its envelope.
public record Copy(Delivery delivery, Envelope envelope) {

	/// This delivery with another envelope: the next copy of it.
	public Copy with(Envelope next) {
		return new Copy(this.delivery, next);
	}

}
