package dev.holdfast.simulation;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Code that can stop in the middle and go on later, on the thread that runs it. It is what
/// virtual threads are made of; the JDK has no public name for it.
final class Coroutine {

	private static final MethodHandle CREATE;

	private static final MethodHandle RUN;

	private static final MethodHandle YIELD;

	private static final MethodHandle IS_DONE;

	private static final Object SCOPE;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			Class<?> continuation = Class.forName("jdk.internal.vm.Continuation");
			Class<?> scope = Class.forName("jdk.internal.vm.ContinuationScope");
			SCOPE = scope.getConstructor(String.class).newInstance("simulation");
			CREATE = lookup.findConstructor(continuation, MethodType.methodType(void.class, scope, Runnable.class))
				.asType(MethodType.methodType(Object.class, Object.class, Runnable.class));
			RUN = lookup.findVirtual(continuation, "run", MethodType.methodType(void.class))
				.asType(MethodType.methodType(void.class, Object.class));
			IS_DONE = lookup.findVirtual(continuation, "isDone", MethodType.methodType(boolean.class))
				.asType(MethodType.methodType(boolean.class, Object.class));
			YIELD = lookup.findStatic(continuation, "yield", MethodType.methodType(boolean.class, scope))
				.asType(MethodType.methodType(boolean.class, Object.class));
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("needs --add-exports java.base/jdk.internal.vm=ALL-UNNAMED", ex);
		}
	}

	private final Object continuation;

	Coroutine(Runnable work) {
		try {
			this.continuation = CREATE.invokeExact(SCOPE, work);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/// Runs until the next stop, or to the end.
	void run() {
		try {
			RUN.invokeExact(this.continuation);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	boolean isDone() {
		try {
			return (boolean) IS_DONE.invokeExact(this.continuation);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/// Stops the running coroutine here.
	static void stop() {
		try {
			boolean ok = (boolean) YIELD.invokeExact(SCOPE);
			if (!ok) {
				throw new IllegalStateException("pinned");
			}
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

}
