package dev.holdfast.receive;

import java.io.IOException;

import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class EdgeProtocolTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void hasNoMoreRequestsAtOnceThanItsHeapHolds(CapturedOutput output) {
		EdgeProtocol protocol = new EdgeProtocol(2);
		configure(protocol);
		protocol.setProcessorCache(200);
		assertThat(protocol.createProcessor()).isNotNull();
		assertThat(protocol.createProcessor()).isNotNull();
		assertThat(closed()).isZero();
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(IOException.class).isThrownBy(protocol::createProcessor)
				.withMessageContaining("more than 2 requests");
		}
		assertThat(closed()).isEqualTo(3);
		assertThat(output).containsOnlyOnce("connections are closed unanswered");
		assertThat(protocol.getProcessorCache()).as("all are used again").isEqualTo(-1);
	}

	/// As the application does it.
	private void configure(EdgeProtocol protocol) {
		ReceiveMeters meters = new ReceiveMeters(this.registry, new ReceiveLimits(1, 1));
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
		new ReceiveConfiguration().edgeContainer(meters, new EdgeAlerts(new ManualScheduler())).customize(factory);
		Connector connector = new Connector(protocol);
		factory.getConnectorCustomizers().forEach((customizer) -> customizer.customize(connector));
	}

	private double closed() {
		return this.registry.get(Meters.CLOSED.id()).counter().count();
	}

}
