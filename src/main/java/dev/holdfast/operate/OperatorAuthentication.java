package dev.holdfast.operate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import dev.holdfast.delivery.Sha256;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/// Knows the one operator; without a configured password, nobody.
///
/// Digests are compared, in constant time. A BCrypt hash is checked once: each check takes
/// a core for tens of milliseconds, which a scrape every few seconds must not cost, so
/// the digest of what it accepted is kept in memory.
final class OperatorAuthentication implements AuthenticationProvider {

	private static final String BCRYPT = "{bcrypt}";

	private static final String NOOP = "{noop}";

	private final byte[] username;

	private final @Nullable String bcrypt;

	private final AtomicReference<byte @Nullable []> password = new AtomicReference<>();

	OperatorAuthentication(OperateProperties properties) {
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
		if (this.bcrypt == null || !new BCryptPasswordEncoder().matches(secret, this.bcrypt)) {
			return false;
		}
		this.password.set(digest);
		return true;
	}

	private static byte[] digest(String value) {
		return Sha256.of(value.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public boolean supports(Class<?> authentication) {
		return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
	}

}
