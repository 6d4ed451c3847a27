package dev.holdfast.receive;

import java.time.Duration;

import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalWatchTests {

	private final Conditions conditions = new Conditions(new SimpleMeterRegistry());

	private final ManualScheduler scheduler = new ManualScheduler();

	private final RefusalWatch watch = new RefusalWatch(this.scheduler, this.conditions);

	@Test
	void warnsAfterTwentyRefusalsAndFiveMinutesWithoutAVerifiedDelivery() {
		refuse(30);
		assertThat(warns()).isFalse();
		this.scheduler.advance(Duration.ofMinutes(5));
		refuse(1);
		assertThat(this.conditions.holding().get(Condition.SIGNATURES_REFUSED)).contains("SHOPIFY_WEBHOOK_SECRET");
		this.watch.verified(this.scheduler.nanoTime());
		assertThat(warns()).isFalse();
	}

	@Test
	void saysNothingOfFewRefusalsOrWhileOthersAreVerified() {
		this.scheduler.advance(Duration.ofMinutes(10));
		refuse(19);
		assertThat(warns()).isFalse();
		this.watch.verified(this.scheduler.nanoTime());
		this.scheduler.advance(Duration.ofMinutes(4));
		refuse(100);
		assertThat(warns()).isFalse();
	}

	private void refuse(int times) {
		for (int i = 0; i < times; i++) {
			this.watch.refused();
		}
	}

	private boolean warns() {
		return this.conditions.holds(Condition.SIGNATURES_REFUSED);
	}

}
