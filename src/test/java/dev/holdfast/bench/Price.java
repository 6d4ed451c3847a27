package dev.holdfast.bench;

/// What a provider asks for requests, in dollars for a million, beyond so many free ones a
/// month. DELETEs are free at all of them.
///
/// @param write for a PUT
/// @param list for a LIST
/// @param read for a GET
/// @param shared whether PUTs and LISTs share what is free
record Price(double write, double list, double read, boolean shared, double freeWrites, double freeLists,
		double freeReads) {

	private static final double MILLION = 1e6;

	private static final double DAYS = 365.25 / 12;

	static final Price AWS = new Price(5, 5, 0.4, true, 0, 0, 0);

	static final Price R2 = new Price(4.5, 4.5, 0.36, true, MILLION, 0, 10 * MILLION);

	static final Price B2 = new Price(0, 4, 0.4, false, 0, 2500 * DAYS, 2500 * DAYS);

	double month(Cost cost) {
		return month(cost.puts() * Cost.SECONDS_PER_MONTH, cost.lists() * Cost.SECONDS_PER_MONTH,
				cost.gets() * Cost.SECONDS_PER_MONTH);
	}

	double month(double puts, double lists, double gets) {
		double writing = this.shared ? beyond(puts + lists, this.freeWrites) * this.write
				: beyond(puts, this.freeWrites) * this.write + beyond(lists, this.freeLists) * this.list;
		return writing + beyond(gets, this.freeReads) * this.read;
	}

	private static double beyond(double requests, double free) {
		return Math.max(0, requests - free) / MILLION;
	}

}
