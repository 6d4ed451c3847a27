package dev.holdfast.buffer;

/// What the buffer is called.
///
/// @param bucket the bucket
/// @param name the bucket with its prefix: two buffers never share it
public record BufferName(String bucket, String name) {
}
