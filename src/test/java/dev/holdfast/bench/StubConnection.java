package dev.holdfast.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32;

import dev.holdfast.bench.StoreCounts.Kind;

/// A connection to the stub store: one request at a time.
final class StubConnection {

	private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] NOTHING = new byte[0];

	private static final String CHECKSUM = "x-amz-checksum-crc32";

	private static final int LONGEST_HEAD = 16 << 10;

	private final StubStore store;

	private final SocketChannel channel;

	private final SelectionKey key;

	private final byte[] head = new byte[LONGEST_HEAD];

	private int headLength;

	private byte[] body = NOTHING;

	private int bodyLength;

	private boolean inBody;

	private StubRequest request = StubRequest.NONE;

	private ByteBuffer[] output = new ByteBuffer[0];

	StubConnection(StubStore store, SocketChannel channel, SelectionKey key) {
		this.store = store;
		this.channel = channel;
		this.key = key;
	}

	/// @param input to read into; shared with all connections
	void ready(ByteBuffer input) throws IOException {
		if (this.key.isWritable()) {
			write();
		}
		if (!this.key.isReadable()) {
			return;
		}
		input.clear();
		if (this.channel.read(input) < 0) {
			throw new EOFException();
		}
		input.flip();
		while (input.hasRemaining()) {
			if (this.inBody) {
				int length = Math.min(input.remaining(), this.body.length - this.bodyLength);
				input.get(this.body, this.bodyLength, length);
				this.bodyLength += length;
			}
			else {
				readHead(input);
			}
			if (this.inBody && this.bodyLength == this.body.length) {
				this.inBody = false;
				this.headLength = 0;
				begin();
			}
		}
	}

	private void readHead(ByteBuffer input) throws IOException {
		while (input.hasRemaining()) {
			if (this.headLength == LONGEST_HEAD) {
				throw new IOException("the head is too long");
			}
			byte next = input.get();
			this.head[this.headLength++] = next;
			if (next == '\n' && this.headLength > 3 && this.head[this.headLength - 3] == '\n') {
				this.request = StubRequest
					.parse(new String(this.head, 0, this.headLength, StandardCharsets.ISO_8859_1));
				this.body = (this.request.length() > 0) ? new byte[this.request.length()] : NOTHING;
				this.bodyLength = 0;
				this.inBody = true;
				if (this.request.expectsContinue()) {
					send(ByteBuffer.wrap(CONTINUE));
				}
				return;
			}
		}
	}

	private void begin() throws IOException {
		Kind kind = this.request.kind();
		if (this.store.admit(kind)) {
			this.store.finishLater(this, kind);
		}
		else {
			error(503, "SlowDown");
		}
	}

	/// Has the operation's effect, and answers.
	void finish() {
		try {
			carryOut();
		}
		catch (IOException ex) {
			this.key.cancel();
		}
	}

	private void carryOut() throws IOException {
		StubBucket bucket = this.store.bucket();
		String object = this.request.object();
		switch (this.request.kind()) {
			case PUT -> put(bucket, object);
			case GET, HEAD -> read(bucket.get(object));
			case COPY -> copy(bucket, this.request.source());
			case LIST -> {
				String token = this.request.query("continuation-token");
				String after = token.isEmpty() ? this.request.query("start-after") : token;
				String most = this.request.query("max-keys");
				xml(bucket.list(this.request.query("prefix"), after, most.isEmpty() ? 1000 : Integer.parseInt(most)));
			}
			case DELETE -> delete(bucket);
			case OTHER -> xml("<VersioningConfiguration/>".getBytes(StandardCharsets.US_ASCII));
		}
		this.body = NOTHING;
	}

	private void put(StubBucket bucket, String object) throws IOException {
		String given = this.request.header(CHECKSUM);
		if (!given.isEmpty() && !given.equals(crc32())) {
			error(400, "BadDigest");
			return;
		}
		String etag = given.isEmpty() ? md5() : HexFormat.of().formatHex(Base64.getDecoder().decode(given));
		bucket.put(object, this.body, etag);
		answer(200, "ETag: \"" + etag + "\"\r\n" + (given.isEmpty() ? "" : CHECKSUM + ": " + given + "\r\n"), NOTHING);
	}

	private void read(StubBucket.@org.jspecify.annotations.Nullable Stored object) throws IOException {
		if (object == null) {
			error(404, "NoSuchKey");
			return;
		}
		String headers = "ETag: \"" + object.etag() + "\"\r\n";
		if (this.request.kind() == Kind.HEAD) {
			send(head(200, headers, object.size()));
		}
		else {
			answer(200, headers, object.bytes().get());
		}
	}

	private void copy(StubBucket bucket, String source) throws IOException {
		StubBucket.Stored object = bucket.get(source);
		if (object == null) {
			error(404, "NoSuchKey");
			return;
		}
		bucket.put(this.request.object(), object.bytes(), object.size(), object.etag());
		xml(("<CopyObjectResult><ETag>\"" + object.etag() + "\"</ETag></CopyObjectResult>")
			.getBytes(StandardCharsets.US_ASCII));
	}

	private void delete(StubBucket bucket) throws IOException {
		if (!this.request.method().equals("POST")) {
			bucket.delete(this.request.object());
			answer(204, "", NOTHING);
			return;
		}
		String xml = new String(this.body, StandardCharsets.UTF_8);
		int from = xml.indexOf("<Key>");
		while (from >= 0) {
			int end = xml.indexOf("</Key>", from);
			bucket.delete(xml.substring(from + 5, end));
			from = xml.indexOf("<Key>", end);
		}
		xml("<DeleteResult/>".getBytes(StandardCharsets.US_ASCII));
	}

	private String md5() throws IOException {
		String given = this.request.header("content-md5");
		try {
			byte[] md5 = given.isEmpty() ? MessageDigest.getInstance("MD5").digest(this.body)
					: Base64.getDecoder().decode(given);
			return HexFormat.of().formatHex(md5);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IOException(ex);
		}
	}

	private String crc32() {
		CRC32 crc32 = new CRC32();
		crc32.update(this.body);
		return Base64.getEncoder()
			.encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc32.getValue()).array());
	}

	private void error(int status, String code) throws IOException {
		byte[] xml = ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>")
			.getBytes(StandardCharsets.US_ASCII);
		answer(status, "Content-Type: application/xml\r\n", (this.request.kind() == Kind.HEAD) ? NOTHING : xml);
	}

	private void xml(byte[] xml) throws IOException {
		answer(200, "Content-Type: application/xml\r\n", xml);
	}

	private void answer(int status, String headers, byte[] bytes) throws IOException {
		send(head(status, headers, bytes.length), ByteBuffer.wrap(bytes));
	}

	private static ByteBuffer head(int status, String headers, long length) {
		String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
		return ByteBuffer.wrap(("HTTP/1.1 " + status + " -\r\nDate: " + date + "\r\n" + headers + "Content-Length: "
				+ length + "\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII));
	}

	private void send(ByteBuffer... buffers) throws IOException {
		this.output = buffers;
		write();
	}

	private void write() throws IOException {
		this.channel.write(this.output);
		boolean done = !this.output[this.output.length - 1].hasRemaining() && !this.output[0].hasRemaining();
		this.key.interestOps(done ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
	}

	static String decode(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

}
