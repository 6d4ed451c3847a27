package dev.holdfast.receive;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

import dev.holdfast.buffer.DeliveryBuffer;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.HeaderFamily;
import dev.holdfast.delivery.Headers;
import dev.holdfast.receive.ReceiveLimits.Admission;
import dev.holdfast.schedule.Scheduler;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.BadRequestException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers 200 to a delivery once it is verified and the buffer holds it, and never
/// otherwise. Every answer is given within 4 s of the headers; Shopify waits 5.
///
/// The body is read raw: no filter, converter or parameter touches it.
final class WebhookServlet extends HttpServlet {

	static final String PATH = "/webhook";

	private static final Logger logger = LoggerFactory.getLogger(WebhookServlet.class);

	private static final long BODY_WITHIN = Duration.ofSeconds(3).toNanos();

	/// Less than 4 s by how late the buffer may notice, and by what writing the answer
	/// may take.
	private static final long HELD_WITHIN = Duration.ofMillis(3800).toNanos();

	/// Up to this length a body is read though it will be refused: an answer with a body
	/// unread may reach the client as a reset connection.
	private static final long READ_ANYWAY = 64 * 1024;

	private final ReceiveLimits limits;

	private final BodyReader reader;

	private final SecretSource secrets;

	private final DeliveryBuffer buffer;

	private final Scheduler scheduler;

	private final ReceiveMeters meters;

	private final RefusalWatch watch;

	private final EdgeAlerts alerts;

	WebhookServlet(ReceiveLimits limits, BodyReader reader, SecretSource secrets, DeliveryBuffer buffer,
			Scheduler scheduler, ReceiveMeters meters, RefusalWatch watch, EdgeAlerts alerts) {
		this.limits = limits;
		this.reader = reader;
		this.secrets = secrets;
		this.buffer = buffer;
		this.scheduler = scheduler;
		this.meters = meters;
		this.watch = watch;
		this.alerts = alerts;
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		// The container also maps the path with parameters here, such as a session's id.
		if (!PATH.equals(request.getRequestURI())) {
			response.sendError(HttpServletResponse.SC_NOT_FOUND);
		}
		else if (request.getMethod().equals("POST")) {
			doPost(request, response);
		}
		else {
			answer(Answer.METHOD, this.scheduler.nanoTime(), response);
		}
	}

	/// Overridden by this name for the container's own answer to TRACE, whose `Allow`
	/// names the methods that a servlet has.
	@Override
	protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
		long start = this.scheduler.nanoTime();
		Answer answer;
		try {
			answer = judge(request, start);
		}
		catch (IOException ex) {
			answered(unreadable(request, ex), start);
			return;
		}
		answer(answer, start, response);
	}

	private void answer(Answer answer, long start, HttpServletResponse response) {
		answered(answer, start);
		try {
			answer.writeTo(response);
		}
		catch (IOException ex) {
			// Nobody reads the answer; what was accepted stays so, and its repeat is a
			// duplicate.
			logger.atDebug().log("the client was gone before its answer");
		}
	}

	private void answered(Answer answer, long start) {
		this.meters.answered(answer, this.scheduler.nanoTime() - start);
		this.alerts.answered(answer);
	}

	private Answer judge(HttpServletRequest request, long start) throws IOException {
		try (Admission admission = this.limits.admit()) {
			return judge(request, admission, start);
		}
		catch (RefusedException ex) {
			return ex.answer();
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("a request failed unexpectedly");
			return Answer.UNEXPECTED;
		}
	}

	private Answer judge(HttpServletRequest request, Admission admission, long start) throws IOException {
		if (isEncoded(request)) {
			return Answer.ENCODED;
		}
		Headers headers = KeptHeaders.of(request);
		HeaderFamily family = HeaderFamily.of(headers);
		if (!headers.contains(family.signature())) {
			return Answer.SIGNATURE_MISSING;
		}
		long length = request.getContentLengthLong();
		if (!this.reader.accepts(length)) {
			return Answer.TOO_LARGE;
		}
		if (this.limits.areUsedUp() && (length < 0 || length > READ_ANYWAY)) {
			return Answer.OVER_BUDGET;
		}
		byte[] body = this.reader.read(request.getInputStream(), length, admission,
				new Deadline(this.scheduler, start + BODY_WITHIN));
		return admission.permit() ? verify(headers, family, body, start) : Answer.OVER_BUDGET;
	}

	private Answer verify(Headers headers, HeaderFamily family, byte[] body, long start) {
		String given = headers.single(family.signature());
		byte[] signature = (given != null) ? KeyRing.decode(given) : null;
		if (signature == null) {
			this.watch.refused();
			return Answer.SIGNATURE_MALFORMED;
		}
		String key = this.secrets.ring().verify(body, signature);
		if (key == null) {
			this.watch.refused();
			return Answer.SIGNATURE_WRONG;
		}
		this.watch.verified(start);
		this.meters.verified(key);
		if (!headers.contains(family.topic())) {
			return Answer.TOPIC_MISSING;
		}
		return hold(new Copy(Delivery.of(headers, body), Envelope.received(this.scheduler.now(), key)), start);
	}

	private Answer hold(Copy copy, long start) {
		try {
			this.buffer.hold(copy, start + HELD_WITHIN, EdgeChannel.turn()::close);
			return Answer.ACCEPTED;
		}
		catch (DeliveryBuffer.NotHeldException ex) {
			return Answer.notHeld(ex.reason());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Answer.SHUTTING_DOWN;
		}
	}

	private static boolean isEncoded(HttpServletRequest request) {
		String encoding = request.getHeader("Content-Encoding");
		return encoding != null && !encoding.equalsIgnoreCase("identity");
	}

	/// Tomcat has prepared its own answer to a body that it could not read, and will send
	/// it where there is still somebody to send it to.
	private static Answer unreadable(HttpServletRequest request, IOException failure) {
		request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
		if (failure.getCause() instanceof SocketTimeoutException) {
			return Answer.BODY_SLOW;
		}
		return (failure instanceof BadRequestException && !(failure instanceof ClientAbortException)) ? Answer.MALFORMED
				: Answer.ABORTED;
	}

}
