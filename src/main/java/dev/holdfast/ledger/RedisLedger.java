package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/// The ledger in Redis, one primary at a time. Not for Redis Cluster: a script reads the
/// lease of whatever segment a record names.
///
/// Redis may lose any of it, in a failover or for good; that costs repeats. Every key
/// begins with `<name>:`, expires, and is written only here:
///
/// | key | value | time to live | written by | deleted by |
/// |---|---|---|---|---|
/// | `d:<identity>#<run>[@<handler>]` | open: `<position>\|<segment>/<token>\|<resumes>\|<tag>`, with nothing for an owner where there is none; closed: `done\|<tag>` or `dead\|<tag>` | retention, renewed by every write and every duplicate | `begin`, `mark` | nobody |
/// | `s:<segment>` | the lease's token | lease | `claim`, `begin`, `renew` | `mark` `RELEASED` |
/// | | `later` | the wait asked for | `mark` `LATER` | nobody |
/// | | `settled` | the time asked for | `mark` `SETTLED` | nobody |
/// | `c:<segment>` | claims since it was last begun | 1 d | `claim` | `begin`, `mark` `SETTLED` and `RELEASED` |
/// | | `later`, and behind it claims since | 1 d | `mark` `LATER`, `claim`, `begin` | `mark` `SETTLED` and `RELEASED` |
/// | `poll` | `1`: somebody lists the bucket | the interval between lists | `ticket` | nobody |
/// | `probe` | `1`: Redis took a write | 1 s | the probe of [RedisLink] | nobody |
///
/// A tag is 8 hex digits that name the segment which began the record first. The owner of a
/// record is alive exactly while `s:<segment>` holds its token.
///
/// A user for it needs `~<name>:*` and `get set del mget pttl pexpire eval evalsha hello
/// ping client|setname`; for [RedisAdvisor] also `info` and `config|get`, without which it
/// says that it cannot tell. It is in `deploy/redis/users.acl`.
///
/// Memory: for each delivery within the retention at most 215 bytes and the length of the
/// name (Redis 7.0, jemalloc; 207 to 229 were measured in all for a name of 16).
final class RedisLedger implements Ledger {

	private final LedgerKeys keys;

	private final StringRedisTemplate template;

	private final RedisLink link;

	private final ClaimScript claim;

	private final BeginScript begin;

	private final RenewScript renew;

	private final MarkScript mark;

	/// @param name what every key begins with
	/// @param retention how long records are kept
	RedisLedger(String name, Duration retention, StringRedisTemplate template, RedisLink link, MeterRegistry meters) {
		this.keys = new LedgerKeys(name);
		this.template = template;
		this.link = link;
		UnknownRecords unknown = new UnknownRecords(meters);
		this.claim = new ClaimScript(this.keys, new LedgerScript("claim", template, link));
		this.begin = new BeginScript(this.keys, new LedgerScript("begin", template, link), retention, unknown);
		this.renew = new RenewScript(this.keys, new LedgerScript("renew", template, link));
		this.mark = new MarkScript(this.keys, new LedgerScript("mark", template, link), retention, unknown);
	}

	@Override
	public List<Claim> claim(List<String> segments, String token, Duration lease) throws LedgerException {
		return this.claim.run(segments, token, lease);
	}

	@Override
	public List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) throws LedgerException {
		return this.begin.run(lease, copies, claim);
	}

	@Override
	public List<Boolean> renew(List<Lease> leases) throws LedgerException {
		return this.renew.run(leases);
	}

	@Override
	public List<MarkAnswer> mark(List<Mark> marks, List<Settlement> settlements) throws LedgerException {
		return this.mark.run(marks, settlements);
	}

	@Override
	public List<Closed> closed(List<CopyKey> copies) throws LedgerException {
		if (copies.isEmpty()) {
			return List.of();
		}
		List<String> names = copies.stream().map(this.keys::record).toList();
		List<@Nullable String> values = this.link.call("closed", () -> this.template.opsForValue().multiGet(names));
		return values.stream().map(RedisLedger::closed).toList();
	}

	private static Closed closed(@Nullable String value) {
		if (value == null) {
			return Closed.OPEN;
		}
		if (value.startsWith("done|")) {
			return Closed.DONE;
		}
		return value.startsWith("dead|") ? Closed.DEAD : Closed.OPEN;
	}

	@Override
	public boolean ticket(Duration interval) throws LedgerException {
		Duration expiry = Duration.ofMillis(Math.max(1, interval.toMillis()));
		return Boolean.TRUE.equals(this.link.call("ticket",
				() -> this.template.opsForValue().setIfAbsent(this.keys.ticket(), "1", expiry)));
	}

	@Override
	public boolean isAvailable() {
		return this.link.isAvailable();
	}

}
