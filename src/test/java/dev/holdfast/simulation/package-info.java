/// A deterministic simulation: the real code of receiving, buffering and processing over a
/// simulated store, ledger, clock and scheduler, in one thread, from one seed.
package dev.holdfast.simulation;
