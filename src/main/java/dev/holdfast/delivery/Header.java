package dev.holdfast.delivery;

/// One header line as it was received; the name keeps its case.
public record Header(String name, String value) {
}
