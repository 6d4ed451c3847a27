package dev.holdfast.ledger;

import java.time.Duration;

import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How long the ledger remembers.
///
/// @param retention how long a delivery is known as a duplicate after it was last seen; at
/// least 24 h, because Shopify repeats a delivery for hours
@Validated
@ConfigurationProperties("holdfast.dedupe")
record LedgerProperties(@DefaultValue("48h") @DurationMin(hours = 24) Duration retention) {
}
