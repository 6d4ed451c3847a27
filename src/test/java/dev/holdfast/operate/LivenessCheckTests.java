package dev.holdfast.operate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LivenessCheckTests {

	@ParameterizedTest
	@CsvSource({ "200, true", "503, false", "404, false" })
	void goesByTheStatusOfTheAnswer(int status, boolean alive) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/actuator/health/liveness", (exchange) -> {
			try (exchange) {
				exchange.sendResponseHeaders(status, -1);
			}
		});
		server.start();
		try {
			assertThat(LivenessCheck.isAlive(server.getAddress().getPort())).isEqualTo(alive);
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void takesSilenceForDeath() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThat(LivenessCheck.isAlive(silent.getLocalPort())).isFalse();
		}
	}

}
