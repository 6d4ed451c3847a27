package dev.holdfast.system;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.holdfast.system.WebhookClient.Answer;

/// All that was sent, answered, begun and had.
record History(List<Answer> answers, List<Handled> begun, List<Handled> effects) {

	/// The keys that a handler began, or had an effect for, in this time.
	Set<String> touched(long from, long to) {
		return keys(all(), (at) -> at.nanos() >= from && at.nanos() <= to);
	}

	/// The keys that were running at a moment, on this replica or, for "", on any: begun
	/// before it, with their effect, if any, later than
	/// `unmarked`.
	Set<String> running(String incarnation, long moment, long unmarked) {
		Predicate<Handled> here = (at) -> incarnation.isEmpty() || at.replica().equals(incarnation);
		Set<String> finished = keys(this.effects.stream(), here.and((at) -> at.nanos() < unmarked));
		Set<String> running = keys(this.begun.stream(), here.and((at) -> at.nanos() <= moment));
		running.removeAll(finished);
		return running;
	}

	/// The keys that were begun or handled when all was forgotten, and are seen again:
	/// those just then, those that wait in the store, and those that are sent again.
	Set<String> forgotten(long from, long to, Set<String> waiting) {
		Set<String> ids = new HashSet<>(waiting);
		this.answers.stream()
			.filter((answer) -> answer.answered() >= from - Stage.LAG.toNanos())
			.map((answer) -> answer.sample().id())
			.forEach(ids::add);
		Set<String> keys = keys(all(), (at) -> at.nanos() <= to && ids.contains(at.deliveryId()));
		keys.addAll(touched(from - Stage.LAG.toNanos(), to));
		return keys;
	}

	/// All but what concerns these deliveries.
	History without(Set<String> ids) {
		return new History(this.answers.stream().filter((answer) -> !ids.contains(answer.sample().id())).toList(),
				this.begun.stream().filter((at) -> !ids.contains(at.deliveryId())).toList(),
				this.effects.stream().filter((at) -> !ids.contains(at.deliveryId())).toList());
	}

	/// The answers to what was sent in this time.
	List<Answer> sent(long from, long to) {
		return this.answers.stream().filter((answer) -> answer.sent() >= from && answer.sent() <= to).toList();
	}

	Set<String> acknowledged() {
		return this.answers.stream()
			.filter(Answer::isAccepted)
			.map((answer) -> answer.sample().id())
			.collect(Collectors.toSet());
	}

	private Stream<Handled> all() {
		return Stream.concat(this.begun.stream(), this.effects.stream());
	}

	private static Set<String> keys(Stream<Handled> lines, Predicate<Handled> wanted) {
		return lines.filter(wanted).map(Handled::idempotencyKey).collect(Collectors.toCollection(HashSet::new));
	}

}
