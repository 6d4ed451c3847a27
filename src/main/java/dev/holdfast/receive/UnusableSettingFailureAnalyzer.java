package dev.holdfast.receive;

import java.util.Objects;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Says what is wrong with a setting, and what to do, instead of a stack trace.
final class UnusableSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnusableSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableSettingException cause) {
		return new FailureAnalysis(Objects.requireNonNullElse(cause.getMessage(), ""), cause.action(), cause);
	}

}
