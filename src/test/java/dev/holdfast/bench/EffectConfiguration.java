package dev.holdfast.bench;

import java.io.FileOutputStream;
import java.io.IOException;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The benchmark's handler, in a service that is told where to write effects.
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(EffectConfiguration.FILE)
class EffectConfiguration {

	static final String FILE = "bench.effects";

	@Bean
	EffectHandler effectHandler(@Value("${" + FILE + "}") String file) throws IOException {
		return new EffectHandler(new FileOutputStream(file, true));
	}

}
