package dev.holdfast.receive;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EdgeProtocolTests {

	@Test
	void hasNoMoreRequestsAtOnceThanItsHeapHolds() {
		EdgeProtocol protocol = new EdgeProtocol(2);
		protocol.setProcessorCache(200);
		assertThat(protocol.createProcessor()).isNotNull();
		assertThat(protocol.createProcessor()).isNotNull();
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(IOException.class).isThrownBy(protocol::createProcessor)
				.withMessageContaining("more than 2 requests");
		}
		assertThat(protocol.getProcessorCache()).as("all are used again").isEqualTo(-1);
	}

}
