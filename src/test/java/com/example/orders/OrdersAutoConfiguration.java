package com.example.orders;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

@AutoConfiguration
public class OrdersAutoConfiguration {

	@Bean
	OrderHandler orderHandler() {
		return new OrderHandler((key, orderId, shop) -> {
			// Your code.
		});
	}

}
