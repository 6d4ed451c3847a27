package dev.holdfast.operate;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.simulation.World;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class OperatorAuthenticationTests {

	private final World world = new World(1);

	private final World.Process replica = this.world.new Process(Duration.ZERO);

	@ParameterizedTest
	@CsvSource({ "s3cret,s3cret", "{noop}s3cret,s3cret", "{noop}{x}y,{x}y", "{s3cret,{s3cret", "gr\u00fcn,gr\u00fcn" })
	void acceptsThePlainPassword(String configured, String given) {
		assertThat(authenticate(configured, "operator", given).isAuthenticated()).isTrue();
	}

	@Test
	void acceptsAHashedPasswordAndRemembersIt() {
		String hash = new BCryptPasswordEncoder(4).encode("s3cret");
		OperatorAuthentication operator = operator("{bcrypt}" + hash);
		for (int i = 0; i < 2; i++) {
			assertThat(operator.authenticate(token("operator", "s3cret")).isAuthenticated()).isTrue();
			assertRefused(operator, "operator", "wrong");
			assertRefused(operator, "operator", hash);
		}
	}

	/// Each check takes a core from receiving for a while.
	@Test
	void checksNoOtherForASecondAfterAWrongOne() {
		OperatorAuthentication operator = operator("{bcrypt}" + new BCryptPasswordEncoder(4).encode("s3cret"));
		assertRefused(operator, "operator", "wrong");
		this.world.pass(Duration.ofMillis(999));
		assertRefused(operator, "operator", "s3cret");
		this.world.pass(Duration.ofMillis(1));
		assertThat(operator.authenticate(token("operator", "s3cret")).isAuthenticated()).isTrue();
		assertRefused(operator, "operator", "wrong");
		assertThat(operator.authenticate(token("operator", "s3cret")).isAuthenticated()).as("it is remembered")
			.isTrue();
	}

	/// Guessing on many connections would take all cores.
	@Test
	@Timeout(10)
	void checksOneAtATime() throws Exception {
		CountDownLatch checking = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		OperatorAuthentication operator = new OperatorAuthentication(
				new OperateProperties("operator", "{bcrypt}" + new BCryptPasswordEncoder(4).encode("s3cret")),
				stopsAtTheSecondLookAtTheClock(checking, goOn));
		CompletableFuture<Authentication> first = CompletableFuture
			.supplyAsync(() -> operator.authenticate(token("operator", "s3cret")));
		checking.await();
		assertRefused(operator, "operator", "s3cret");
		goOn.countDown();
		assertThat(first.get().isAuthenticated()).isTrue();
		assertThat(operator.authenticate(token("operator", "s3cret")).isAuthenticated()).isTrue();
	}

	@Test
	void refusesAPasswordTooLongToHash() {
		String hash = new BCryptPasswordEncoder(4).encode("s3cret");
		assertRefused(operator("{bcrypt}" + hash), "operator", "x".repeat(5000));
	}

	@Test
	void refusesEveryPasswordWhereTheHashIsNone() {
		assertRefused(operator("{bcrypt}s3cret"), "operator", "s3cret");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "  " })
	void refusesEverybodyWithoutAPassword(String configured) {
		OperatorAuthentication operator = operator(configured);
		for (String given : new String[] { "", "  ", "null", "operator" }) {
			assertRefused(operator, "operator", given);
		}
	}

	@Test
	void refusesAnotherName() {
		assertRefused(operator("s3cret"), "Operator", "s3cret");
	}

	@Test
	void saysHowToWriteAPassword() {
		assertThatIllegalArgumentException().isThrownBy(() -> new OperateProperties("operator", "{md5}abc"))
			.withMessageContaining("write {bcrypt} before a BCrypt hash");
		assertThatIllegalArgumentException().isThrownBy(() -> new OperateProperties("a:b", "x"))
			.withMessageContaining("holdfast.operate.username");
	}

	@Test
	void keepsThePasswordToItself() {
		assertThat(new OperateProperties("operator", "s3cret")).hasToString("OperateProperties[operator, set]");
	}

	/// The first is when it is made, the second when a check begins.
	private Scheduler stopsAtTheSecondLookAtTheClock(CountDownLatch stopped, CountDownLatch goOn) {
		AtomicInteger looks = new AtomicInteger();
		return (Scheduler) Proxy.newProxyInstance(Scheduler.class.getClassLoader(), new Class<?>[] { Scheduler.class },
				(_, method, arguments) -> {
					if (method.getName().equals("nanoTime") && looks.incrementAndGet() == 2) {
						stopped.countDown();
						goOn.await();
					}
					return method.invoke(this.replica, arguments);
				});
	}

	private OperatorAuthentication operator(@Nullable String configured) {
		return new OperatorAuthentication(new OperateProperties("operator", configured), this.replica);
	}

	private Authentication authenticate(String configured, String name, String password) {
		return operator(configured).authenticate(token(name, password));
	}

	private static void assertRefused(OperatorAuthentication operator, String name, String password) {
		assertThatExceptionOfType(BadCredentialsException.class)
			.isThrownBy(() -> operator.authenticate(token(name, password)));
	}

	private static Authentication token(String name, String password) {
		return UsernamePasswordAuthenticationToken.unauthenticated(name, password);
	}

}
