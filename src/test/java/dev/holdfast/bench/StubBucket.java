package dev.holdfast.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// The objects of a stub store. An object may be made anew each time that it is read, so
/// that a backlog takes no memory but for its keys.
public final class StubBucket {

	private static final int PAGE = 1000;

	private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();

	/// @param bytes gives the object's bytes
	/// @param size how many they are
	record Stored(Supplier<byte[]> bytes, long size, String etag, String modified) {
	}

	void put(String key, byte[] bytes, String etag) {
		put(key, () -> bytes, bytes.length, etag);
	}

	void put(String key, Supplier<byte[]> bytes, long size, String etag) {
		this.objects.put(key, new Stored(bytes, size, etag, Instant.now().truncatedTo(ChronoUnit.MILLIS).toString()));
	}

	@Nullable Stored get(String key) {
		return this.objects.get(key);
	}

	void delete(String key) {
		this.objects.remove(key);
	}

	/// How many objects there are whose keys begin so.
	int count(String prefix) {
		return this.objects.subMap(prefix, prefix + '\uffff').size();
	}

	public void clear() {
		this.objects.clear();
	}

	/// A page of ListObjectsV2.
	/// @param after the key to begin behind
	byte[] list(String prefix, String after, int most) {
		StringBuilder xml = new StringBuilder(1 << 16);
		xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult>");
		int count = 0;
		String last = "";
		boolean more = false;
		Map<String, Stored> rest = (after.compareTo(prefix) < 0) ? this.objects.tailMap(prefix)
				: this.objects.tailMap(after, false);
		for (Map.Entry<String, Stored> object : rest.entrySet()) {
			if (!object.getKey().startsWith(prefix)) {
				break;
			}
			if (count == Math.min(most, PAGE)) {
				more = true;
				break;
			}
			last = object.getKey();
			append(xml, last, object.getValue());
			count++;
		}
		xml.append("<KeyCount>").append(count).append("</KeyCount><IsTruncated>").append(more).append("</IsTruncated>");
		if (more) {
			xml.append("<NextContinuationToken>").append(last).append("</NextContinuationToken>");
		}
		return xml.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8);
	}

	private static void append(StringBuilder xml, String key, Stored object) {
		xml.append("<Contents><Key>")
			.append(key)
			.append("</Key><LastModified>")
			.append(object.modified)
			.append("</LastModified><ETag>\"")
			.append(object.etag)
			.append("\"</ETag><Size>")
			.append(object.size)
			.append("</Size></Contents>");
	}

}
