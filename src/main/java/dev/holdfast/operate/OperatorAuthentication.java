package dev.holdfast.operate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.delivery.Sha256;
import dev.holdfast.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/// Knows the one operator; without a configured password, nobody.
///
/// Digests are compared, in constant time. A BCrypt hash is checked once: each check takes
/// a core for a tenth of a second, which a scrape every few seconds must not cost, so the
/// digest of what it accepted is kept in memory. Nor must somebody who guesses take the cores
/// from receiving: one is checked at a time, others are refused meanwhile, and for a second
/// after a wrong one.
final class OperatorAuthentication implements AuthenticationProvider {

	private static final String BCRYPT = "{bcrypt}";

	private static final String NOOP = "{noop}";

	private static final Duration AFTER_A_WRONG_ONE = Duration.ofSeconds(1);

	private final Scheduler scheduler;

	private final Lock checking = new ReentrantLock();

	private final byte[] username;

	private final @Nullable String bcrypt;

	private final AtomicReference<byte @Nullable []> password = new AtomicReference<>();

	private long closedUntil;

	OperatorAuthentication(OperateProperties properties, Scheduler scheduler) {
		this.scheduler = scheduler;
		this.closedUntil = scheduler.nanoTime();
		this.username = digest(properties.username());
		String configured = properties.password();
		this.bcrypt = (configured != null && configured.startsWith(BCRYPT)) ? configured.substring(BCRYPT.length())
				: null;
		if (configured != null && this.bcrypt == null) {
			this.password.set(digest(configured.startsWith(NOOP) ? configured.substring(NOOP.length()) : configured));
		}
	}

	@Override
	public Authentication authenticate(Authentication given) {
		boolean known = MessageDigest.isEqual(this.username, digest(given.getName()));
		String secret = String.valueOf(given.getCredentials());
		if (!known || !matches(secret)) {
			throw new BadCredentialsException("wrong credentials");
		}
		return UsernamePasswordAuthenticationToken.authenticated(given.getName(), null, List.of());
	}

	private boolean matches(String secret) {
		byte[] digest = digest(secret);
		if (MessageDigest.isEqual(this.password.get(), digest)) {
			return true;
		}
		if (this.bcrypt == null || !this.checking.tryLock()) {
			return false;
		}
		try {
			if (this.scheduler.nanoTime() - this.closedUntil < 0) {
				return false;
			}
			if (new BCryptPasswordEncoder().matches(secret, this.bcrypt)) {
				this.password.set(digest);
				return true;
			}
			this.closedUntil = this.scheduler.nanoTime() + AFTER_A_WRONG_ONE.toNanos();
			return false;
		}
		finally {
			this.checking.unlock();
		}
	}

	private static byte[] digest(String value) {
		return Sha256.of(value.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public boolean supports(Class<?> authentication) {
		return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
	}

}
