package dev.holdfast.receive;

import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;

import dev.holdfast.delivery.Header;
import dev.holdfast.delivery.HeaderFamily;
import dev.holdfast.delivery.Headers;
import jakarta.servlet.http.HttpServletRequest;

/// Takes from a request the headers that are kept with the delivery, untouched.
final class KeptHeaders {

	private static final int USUAL = 16;

	private KeptHeaders() {
	}

	static Headers of(HttpServletRequest request) {
		List<Header> kept = new ArrayList<>(USUAL);
		for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements();) {
			String name = names.nextElement();
			if (HeaderFamily.keeps(name)) {
				for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements();) {
					kept.add(new Header(name, values.nextElement()));
				}
			}
		}
		return new Headers(kept);
	}

}
