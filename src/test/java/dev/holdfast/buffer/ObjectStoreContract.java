package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.buffer.ObjectStore.Listed;
import dev.holdfast.buffer.ObjectStore.Listing;
import dev.holdfast.buffer.StoreException.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// What every object store does, the fakes as well as the real ones.
abstract class ObjectStoreContract {

	private static final Duration AT_MOST = Duration.ofSeconds(10);

	/// An empty store.
	abstract ObjectStore store();

	/// Puts many objects in some way that is quick.
	void fill(List<String> keys) throws Exception {
		for (String key : keys) {
			put(key, "");
		}
	}

	@Test
	void bringsBackWhatWasPut() throws Exception {
		byte[] bytes = new byte[100_000];
		new java.util.Random(1).nextBytes(bytes);
		Payload payload = new Payload(List.of(new byte[] { 1, 2 }, new byte[0], bytes, new byte[] { 3 }));
		store().put("inbox/a.http", payload, AT_MOST);
		assertThat(store().get("inbox/a.http")).isEqualTo(payload.toBytes());
	}

	@Test
	void putsOverWhatIsThere() throws Exception {
		put("inbox/a.http", "first");
		put("inbox/a.http", "second");
		assertThat(store().get("inbox/a.http")).asString().isEqualTo("second");
	}

	@Test
	void saysThatAnObjectIsNotThere() {
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> store().get("inbox/none.http"))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.NOT_FOUND));
	}

	@Test
	void listsAPrefixInTheOrderOfKeys() throws Exception {
		for (String key : List.of("inbox/b", "retry/a", "inbox/a", "inboxes/a", "inbox-old/a")) {
			put(key, key);
		}
		Listing listing = store().list("inbox/", null);
		assertThat(keys(listing)).containsExactly("inbox/a", "inbox/b");
		assertThat(listing.objects().getFirst().size()).isEqualTo(7);
		assertThat(listing.truncated()).isFalse();
		assertThat(keys(store().list("nothing/", null))).isEmpty();
	}

	@Test
	void listsBehindAKey() throws Exception {
		for (String key : List.of("inbox/a", "inbox/b", "inbox/c")) {
			put(key, key);
		}
		assertThat(keys(store().list("inbox/", "inbox/a"))).containsExactly("inbox/b", "inbox/c");
		assertThat(keys(store().list("inbox/", "inbox/aa"))).containsExactly("inbox/b", "inbox/c");
		assertThat(keys(store().list("inbox/", "inbox/c"))).isEmpty();
	}

	@Test
	void listsByPages() throws Exception {
		List<String> all = new ArrayList<>();
		for (int i = 0; i < 1003; i++) {
			all.add("inbox/%04d".formatted(i));
		}
		fill(all);
		Listing first = store().list("inbox/", null);
		assertThat(first.objects()).hasSizeLessThanOrEqualTo(1000);
		assertThat(first.truncated()).isTrue();
		List<String> listed = new ArrayList<>(keys(first));
		Listing page = first;
		while (page.truncated()) {
			page = store().list("inbox/", listed.getLast());
			listed.addAll(keys(page));
		}
		assertThat(listed).isEqualTo(all);
	}

	@Test
	void datesObjectsAndAnswersByOneClock() throws Exception {
		put("inbox/a", "a");
		Listing listing = store().list("inbox/", null);
		Instant modified = listing.objects().getFirst().lastModified();
		assertThat(Duration.between(modified, listing.date())).isBetween(Duration.ofSeconds(-1), Duration.ofSeconds(5));
	}

	@Test
	void copiesAnObjectUnread() throws Exception {
		put("inbox/a", "bytes");
		store().copy("inbox/a", "dead-letter/-/-/a");
		assertThat(store().get("dead-letter/-/-/a")).asString().isEqualTo("bytes");
		assertThat(store().get("inbox/a")).asString().isEqualTo("bytes");
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> store().copy("inbox/none", "b"))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.NOT_FOUND));
	}

	@Test
	void countsWhatIsNotThereAsDeleted() throws Exception {
		put("inbox/a", "a");
		put("inbox/b", "b");
		assertThat(store().delete(List.of("inbox/a", "inbox/none"))).isEmpty();
		assertThat(keys(store().list("inbox/", null))).containsExactly("inbox/b");
	}

	private void put(String key, String text) throws StoreException {
		store().put(key, Payload.of(text.getBytes(StandardCharsets.US_ASCII)), AT_MOST);
	}

	private static List<String> keys(Listing listing) {
		return listing.objects().stream().map(Listed::key).toList();
	}

}
