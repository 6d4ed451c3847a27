package dev.holdfast.operate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Ends with status 0 if the Holdfast of this container says that it lives, else with
/// 1: the health check of an image without a shell. It runs every few seconds, in a JVM
/// of its own, so it loads next to nothing; Java's HTTP client would take several times
/// as long.
///
/// Not guaranteed: that it can receive. That is what `/actuator/health` says, to load
/// balancers.
public final class LivenessCheck {

	private static final int TIMEOUT_MILLIS = 2_000;

	private LivenessCheck() {
	}

	public static void main(String[] args) {
		String port = System.getenv("SERVER_PORT");
		System.exit(isAlive((port != null) ? Integer.parseInt(port) : 8080) ? 0 : 1);
	}

	static boolean isAlive(int port) {
		try (Socket socket = new Socket()) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
			socket.getOutputStream()
				.write("GET /actuator/health/liveness HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			String status = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
				.readLine();
			return status != null && status.startsWith(" 200", "HTTP/1.x".length());
		}
		catch (IOException ex) {
			return false;
		}
	}

}
