package dev.holdfast.operate;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The credentials that open the actuator endpoints.
///
/// @param username for HTTP Basic
/// @param password plain, or `{bcrypt}` and its hash; without one, nothing but health is
/// open
@ConfigurationProperties("holdfast.operate")
record OperateProperties(@DefaultValue("operator") String username, @Nullable String password) {

	OperateProperties {
		if (username.isBlank() || username.indexOf(':') >= 0) {
			throw new IllegalArgumentException("holdfast.operate.username: write a name without ':'");
		}
		if (password != null && password.isBlank()) {
			password = null;
		}
		if (password != null && password.matches("\\{(?!bcrypt\\}|noop\\})[^}]*\\}.*")) {
			throw new IllegalArgumentException("holdfast.operate.password: write {bcrypt} before a BCrypt hash,"
					+ " or {noop} before a plain password that begins with a brace");
		}
	}

	@Override
	public String toString() {
		return "OperateProperties[" + this.username + ", " + ((this.password != null) ? "set" : "unset") + "]";
	}

}
