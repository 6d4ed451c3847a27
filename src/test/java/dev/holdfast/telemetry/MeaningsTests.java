package dev.holdfast.telemetry;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class MeaningsTests {

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	MeaningsTests() {
		this.meters.config().meterFilter(new TelemetryConfiguration().meanings());
	}

	@ParameterizedTest
	@EnumSource
	void describesEveryMeterAndKeepsItsTags(Meters meter) {
		assertThat(this.meters.counter(meter.id(), "reason", "x").getId().getDescription()).isEqualTo(meter.meaning());
		assertThat(this.meters.get(meter.id()).tag("reason", "x").counter()).isNotNull();
	}

	@Test
	void leavesThoseOfOthers() {
		assertThat(this.meters.counter("jvm.x").getId().getDescription()).isNull();
	}

}
