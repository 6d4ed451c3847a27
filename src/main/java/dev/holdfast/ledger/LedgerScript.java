package dev.holdfast.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/// One Lua script, with what all of them share before it, and how it is run: by its
/// digest, and whole where Redis does not know it. All of them answer a list of lines,
/// each of words parted by a space.
///
/// A script is atomic to others, but what it wrote before it failed stays written.
final class LedgerScript {

	private final String name;

	@SuppressWarnings("rawtypes")
	private final RedisScript<List> script;

	private final StringRedisTemplate template;

	private final RedisLink link;

	/// @param name the file's name without `.lua`, and the script's in the timer
	LedgerScript(String name, StringRedisTemplate template, RedisLink link) {
		this.name = name;
		this.script = RedisScript.of(source("record") + source(name), List.class);
		this.template = template;
		this.link = link;
	}

	private static String source(String name) {
		try {
			return new ClassPathResource(name + ".lua", LedgerScript.class)
				.getContentAsString(StandardCharsets.US_ASCII);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<String> run(List<String> keys, List<String> args) throws LedgerException {
		Object[] values = args.toArray();
		List<?> lines = this.link.call(this.name, () -> this.template.execute(this.script, keys, values));
		return lines.stream().map(String::valueOf).toList();
	}

}
