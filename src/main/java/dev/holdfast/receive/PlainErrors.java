package dev.holdfast.receive;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/// What Tomcat itself refuses is answered with the name of the status and nothing else:
/// no page, no exception, no version.
///
/// A request whose body was not read to its end closes the connection. Tomcat would read
/// the rest to keep it open, for as long as the client cares to send it.
final class PlainErrors extends ErrorReportValve {

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		super.invoke(request, response);
		if (!request.isFinished()) {
			if (!response.isCommitted()) {
				response.setHeader("Connection", "close");
			}
			if ("close".equals(response.getHeader("Connection"))) {
				request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
			}
		}
	}

	@Override
	protected void report(Request request, Response response, @Nullable Throwable throwable) {
		if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
			return;
		}
		try {
			response.setContentType("text/plain");
			response.setCharacterEncoding(StandardCharsets.US_ASCII);
			PrintWriter writer = response.getReporter();
			if (writer != null) {
				writer.write(text(response.getStatus()));
			}
		}
		catch (IOException ex) {
			// The client is gone, and with it who would read this.
			response.setSuspended(true);
		}
	}

	private static String text(int code) {
		HttpStatus status = HttpStatus.resolve(code);
		String phrase = (status != null) ? status.getReasonPhrase() : "Error";
		return phrase.charAt(0) + phrase.substring(1).toLowerCase(Locale.ROOT);
	}

}
