package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.holdfast.ledger.Ledger.Begun;
import dev.holdfast.ledger.Ledger.Claim;
import dev.holdfast.ledger.Ledger.Closed;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.ledger.Ledger.Settlement;

import static org.assertj.core.api.Assertions.assertThat;

/// What every ledger does.
abstract class LedgerContract {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Lease A = new Lease("inbox/a-1-10.http", "ta", LONG);

	private static final Lease B = new Lease("retry/b-1-10.http", "tb", LONG);

	private static final Lease C = new Lease("retry/c-1-10.http", "tc", LONG);

	private static final String EVENT = "event#0";

	protected abstract Ledger ledger();

	/// Ends the lease of a segment, as time does.
	protected abstract void endLease(String segment);

	/// Forgets everything, as a failover may.
	protected abstract void forget();

	@Test
	void claimsAFreeSegmentAndCountsTheClaim() throws LedgerException {
		assertThat(claim(A)).isEqualTo(new Claim.Claimed(1, false));
		endLease(A.segment());
		assertThat(claim(A)).isEqualTo(new Claim.Claimed(2, false));
	}

	@Test
	void claimsAgainUnderTheSameTokenWithoutCounting() throws LedgerException {
		claim(A);
		assertThat(claim(A)).isEqualTo(new Claim.Claimed(1, false));
	}

	@Test
	void answersBusyWhereAnotherHoldsTheSegment() throws LedgerException {
		claim(A);
		Claim claim = ledger().claim(List.of(A.segment()), "other", LONG).getFirst();
		assertThat(claim).isInstanceOfSatisfying(Claim.Busy.class,
				(busy) -> assertThat(busy.atMost()).isBetween(Duration.ofSeconds(20), LONG));
	}

	@Test
	void answersEachSegmentInOrder() throws LedgerException {
		claim(B);
		settle(Settlement.Kind.SETTLED, B);
		ledger().claim(List.of(C.segment()), "other", LONG);
		List<Claim> claims = ledger().claim(List.of(A.segment(), B.segment(), C.segment()), A.token(), LONG);
		assertThat(claims.get(0)).isEqualTo(new Claim.Claimed(1, false));
		assertThat(claims.get(1)).isEqualTo(new Claim.Settled());
		assertThat(claims.get(2)).isInstanceOf(Claim.Busy.class);
	}

	@Test
	void forgetsTheCountOfClaimsOnceTheSegmentIsBegun() throws LedgerException {
		claim(A);
		begin(A, 0);
		endLease(A.segment());
		assertThat(claim(A)).isEqualTo(new Claim.Claimed(1, false));
	}

	@Test
	void saysThatASegmentIsRevisitedAfterLater() throws LedgerException {
		claim(A);
		begin(A, 0);
		settle(Settlement.Kind.LATER, A);
		assertThat(claim(A)).isInstanceOf(Claim.Busy.class);
		endLease(A.segment());
		assertThat(claim(A)).isEqualTo(new Claim.Claimed(1, true));
		begin(A, 0);
		endLease(A.segment());
		assertThat(claim(A)).isEqualTo(new Claim.Claimed(1, true));
	}

	@Test
	void beginsWhatIsNewAndAgainAfterALostReply() throws LedgerException {
		claim(A);
		assertThat(begin(A, 0)).isEqualTo(new Begun.Fresh());
		assertThat(begin(A, 0)).isEqualTo(new Begun.Fresh());
	}

	@Test
	void beginsNothingWithoutTheLease() throws LedgerException {
		assertThat(ledger().begin(A, List.of(copy(0)), false)).isEmpty();
		claim(B);
		assertThat(begin(B, 0)).isEqualTo(new Begun.Fresh());
	}

	@Test
	void claimsAndBeginsInOneForTheHandOff() throws LedgerException {
		assertThat(ledger().begin(A, List.of(copy(0)), true)).containsExactly(new Begun.Fresh());
		assertThat(ledger().renew(List.of(A))).containsExactly(true);
		Lease other = new Lease(A.segment(), "other", LONG);
		assertThat(ledger().begin(other, List.of(copy(0)), true)).isEmpty();
	}

	@Test
	void answersBusyWhileAnOwnerIsAliveEvenToALaterAttempt() throws LedgerException {
		claim(A);
		begin(A, 0);
		claim(B);
		assertThat(begin(B, 0)).isInstanceOf(Begun.Busy.class);
		assertThat(begin(B, 1)).isInstanceOf(Begun.Busy.class);
	}

	@Test
	void resumesWhatADeadOwnerLeft() throws LedgerException {
		claim(A);
		begin(A, 0);
		endLease(A.segment());
		claim(B);
		assertThat(begin(B, 0)).isEqualTo(new Begun.Resumed(1));
	}

	@Test
	void resumesForTheSecondTimeAlone() throws LedgerException {
		claim(A);
		begin(A, 0);
		endLease(A.segment());
		claim(B);
		begin(B, 0);
		endLease(B.segment());
		claim(C);
		List<CopyKey> together = List.of(copy(0), new CopyKey("event2#0", 0));
		assertThat(ledger().begin(C, together, false)).containsExactly(new Begun.Alone(), new Begun.Fresh());
		assertThat(begin(C, 0)).isEqualTo(new Begun.Resumed(2));
	}

	@Test
	void takesAFurtherAttemptAfterARetryAndDropsTheFormerOne() throws LedgerException {
		claim(A);
		begin(A, 0);
		assertThat(mark(Mark.Kind.RETRY, 0, A)).isEqualTo(MarkAnswer.OK);
		claim(B);
		assertThat(begin(B, 0)).isEqualTo(new Begun.Duplicate(false));
		assertThat(begin(A, 0)).isEqualTo(new Begun.Duplicate(true));
		assertThat(begin(B, 1)).isEqualTo(new Begun.Fresh());
	}

	@Test
	void takesAnAttemptThatIsFurtherThanItRemembers() throws LedgerException {
		claim(A);
		begin(A, 0);
		endLease(A.segment());
		claim(B);
		assertThat(begin(B, 3)).isEqualTo(new Begun.Fresh());
	}

	@Test
	void dropsWhatWasHandledOrDied() throws LedgerException {
		claim(A);
		begin(A, 0);
		assertThat(mark(Mark.Kind.HANDLED, 0, A)).isEqualTo(MarkAnswer.OK);
		assertThat(mark(Mark.Kind.HANDLED, 0, A)).isEqualTo(MarkAnswer.ALREADY);
		claim(B);
		assertThat(begin(B, 7)).isEqualTo(new Begun.Duplicate(false));
	}

	@Test
	void marksWhatItForgotAsLate() throws LedgerException {
		claim(A);
		begin(A, 0);
		forget();
		assertThat(mark(Mark.Kind.HANDLED, 0, A)).isEqualTo(MarkAnswer.LATE);
		forget();
		assertThat(mark(Mark.Kind.RETRY, 0, A)).isEqualTo(MarkAnswer.LATE);
		claim(B);
		assertThat(begin(B, 0)).isEqualTo(new Begun.Duplicate(false));
	}

	@Test
	void closesWhatAnotherHasAliveAndSaysSo() throws LedgerException {
		claim(A);
		begin(A, 0);
		endLease(A.segment());
		claim(B);
		begin(B, 0);
		assertThat(mark(Mark.Kind.RETRY, 0, A)).isEqualTo(MarkAnswer.STOLEN);
		assertThat(mark(Mark.Kind.HANDLED, 0, A)).isEqualTo(MarkAnswer.STOLEN);
		assertThat(mark(Mark.Kind.RETRY, 0, B)).isEqualTo(MarkAnswer.ALREADY);
	}

	@Test
	void remembersAnEffectOverADeadLetter() throws LedgerException {
		claim(A);
		begin(A, 0);
		mark(Mark.Kind.DEAD, 0, A);
		assertThat(closed()).isEqualTo(Closed.DEAD);
		mark(Mark.Kind.HANDLED, 0, A);
		mark(Mark.Kind.DEAD, 0, A);
		assertThat(closed()).isEqualTo(Closed.DONE);
	}

	@Test
	void letsARecordGoAsItWas() throws LedgerException {
		claim(A);
		begin(A, 0);
		assertThat(mark(Mark.Kind.RELEASED, 0, B)).isEqualTo(MarkAnswer.ALREADY);
		assertThat(mark(Mark.Kind.RELEASED, 0, A)).isEqualTo(MarkAnswer.OK);
		claim(B);
		assertThat(begin(B, 0)).isEqualTo(new Begun.Fresh());
	}

	@Test
	void settlesOnlyUnderTheToken() throws LedgerException {
		claim(A);
		for (Settlement.Kind kind : Settlement.Kind.values()) {
			settle(kind, new Lease(A.segment(), "other", LONG));
			assertThat(ledger().renew(List.of(A))).as(kind.name()).containsExactly(true);
		}
		settle(Settlement.Kind.RELEASED, A);
		assertThat(ledger().renew(List.of(A))).containsExactly(false);
	}

	@Test
	void marksBeforeItSettles() throws LedgerException {
		claim(A);
		begin(A, 0);
		claim(B);
		Mark stolen = new Mark(Mark.Kind.RETRY, copy(0), B);
		Settlement released = new Settlement(Settlement.Kind.RELEASED, A, Duration.ZERO);
		assertThat(ledger().mark(List.of(stolen), List.of(released))).containsExactly(MarkAnswer.STOLEN);
		assertThat(ledger().mark(List.of(stolen), List.of())).containsExactly(MarkAnswer.OK);
	}

	@Test
	void keepsRunsAndHandlersApart() throws LedgerException {
		claim(A);
		begin(A, 0);
		mark(Mark.Kind.DEAD, 0, A);
		List<CopyKey> others = List.of(new CopyKey("event#1", 0), new CopyKey("event#0@http", 0));
		assertThat(ledger().begin(A, others, false)).containsOnly(new Begun.Fresh());
	}

	@Test
	void givesTheTicketOnce() throws LedgerException {
		assertThat(ledger().ticket(LONG)).isTrue();
		assertThat(ledger().ticket(LONG)).isFalse();
	}

	@Test
	void answersNothingToNothing() throws LedgerException {
		assertThat(ledger().isAvailable()).isTrue();
		assertThat(ledger().claim(List.of(), "t", LONG)).isEmpty();
		assertThat(ledger().renew(List.of())).isEmpty();
		assertThat(ledger().mark(List.of(), List.of())).isEmpty();
		assertThat(ledger().closed(List.of())).isEmpty();
	}

	private static CopyKey copy(int attempt) {
		return new CopyKey(EVENT, attempt);
	}

	private Claim claim(Lease lease) throws LedgerException {
		return ledger().claim(List.of(lease.segment()), lease.token(), lease.duration()).getFirst();
	}

	private Begun begin(Lease lease, int attempt) throws LedgerException {
		return ledger().begin(lease, List.of(copy(attempt)), false).getFirst();
	}

	private MarkAnswer mark(Mark.Kind kind, int attempt, Lease owner) throws LedgerException {
		return ledger().mark(List.of(new Mark(kind, copy(attempt), owner)), List.of()).getFirst();
	}

	private void settle(Settlement.Kind kind, Lease lease) throws LedgerException {
		ledger().mark(List.of(), List.of(new Settlement(kind, lease, LONG)));
	}

	private Closed closed() throws LedgerException {
		return ledger().closed(List.of(copy(0))).getFirst();
	}

}
