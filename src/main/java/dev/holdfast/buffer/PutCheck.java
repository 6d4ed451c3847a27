package dev.holdfast.buffer;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32;

import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/// How it is made sure that the store has the bytes of a PUT: the store is told their
/// digest, and its answer is compared with it. [StoreProbe] finds out what a store knows.
///
/// Source: Amazon S3 API Reference, `PutObject`.
enum PutCheck {

	/// The store is told the MD5; its answer proves only that it is an object store.
	ETAG {

		@Override
		boolean isConfirmed(PutObjectResponse answer, Payload payload, byte[] digest) {
			return true;
		}

	},

	/// The store is told the MD5, and its ETag is the MD5.
	MD5 {

		@Override
		boolean isConfirmed(PutObjectResponse answer, Payload payload, byte[] digest) {
			return etag(answer).equalsIgnoreCase(HexFormat.of().formatHex(digest));
		}

	},

	/// The store is told the CRC32, has refused a wrong one, and repeats the right one.
	/// It costs a hundredth of an MD5, and holds where objects are encrypted and their
	/// ETag is none. A node that repeats none, as while a store's nodes are replaced, is
	/// believed by its ETag.
	CRC32 {

		@Override
		byte[] digest(Payload payload) {
			return ByteBuffer.allocate(Integer.BYTES).putInt((int) payload.checksum(new CRC32())).array();
		}

		@Override
		void tell(PutObjectRequest.Builder request, byte[] digest) {
			request.checksumCRC32(Base64.getEncoder().encodeToString(digest));
		}

		@Override
		boolean isConfirmed(PutObjectResponse answer, Payload payload, byte[] digest) {
			String repeated = answer.checksumCRC32();
			return (repeated != null) ? repeated.equals(Base64.getEncoder().encodeToString(digest))
					: MD5.isConfirmed(answer, payload, MD5.digest(payload));
		}

	};

	byte[] digest(Payload payload) {
		try {
			return payload.digest(MessageDigest.getInstance("MD5"));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has MD5", ex);
		}
	}

	void tell(PutObjectRequest.Builder request, byte[] digest) {
		request.contentMD5(Base64.getEncoder().encodeToString(digest));
	}

	/// Whether an answer of success says that the store has these bytes.
	abstract boolean isConfirmed(PutObjectResponse answer, Payload payload, byte[] digest);

	/// The ETag without its quotes, empty if there is none.
	static String etag(PutObjectResponse answer) {
		return (answer.eTag() != null) ? answer.eTag().replace("\"", "") : "";
	}

}
