package dev.holdfast.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

/// What the machine and its processes use. What only Linux tells is NaN elsewhere.
final class Machine {

	private static final int CPUS = Runtime.getRuntime().availableProcessors();

	private static final double TICKS_PER_SECOND = 100;

	private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private Machine() {
	}

	/// CPU seconds that processes with all their descendants have used.
	static double cpu(Collection<Long> pids) {
		return pids.stream()
			.flatMap((pid) -> ProcessHandle.of(pid).stream())
			.flatMap((process) -> Stream.concat(Stream.of(process), process.descendants()))
			.mapToDouble((process) -> process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9)
			.sum();
	}

	/// CPU seconds that this JVM has used.
	static double cpu() {
		return SYSTEM.getProcessCpuTime() / 1e9;
	}

	/// CPU seconds that a live thread of this JVM has used.
	static double cpu(Thread thread) {
		return Math.max(0, THREADS.getThreadCpuTime(thread.threadId())) / 1e9;
	}

	/// CPU seconds that everything on this machine has used.
	static double busy() {
		String[] ticks = read(Path.of("/proc/stat")).lines().findFirst().orElse("").split(" +");
		if (ticks.length < 9) {
			return Double.NaN;
		}
		long all = 0;
		for (int i = 1; i <= 8; i++) {
			all += (i == 4 || i == 5) ? 0 : Long.parseLong(ticks[i]);
		}
		return all / TICKS_PER_SECOND;
	}

	static int cpus() {
		return CPUS;
	}

	/// Lets the peak of a process' memory begin anew.
	static void resetPeak(long pid) {
		try {
			Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
		}
		catch (IOException ex) {
			// Then the peak is that since its start.
		}
	}

	/// The most memory that a process has had, in MB.
	static double peak(long pid) {
		return field("/proc/" + pid + "/status", "VmHWM") / 1024;
	}

	private static double field(String file, String name) {
		return read(Path.of(file)).lines()
			.filter((line) -> line.startsWith(name + ":"))
			.mapToDouble((line) -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
			.findFirst()
			.orElse(Double.NaN);
	}

	private static String read(Path file) {
		try {
			return Files.readString(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			return "";
		}
	}

	/// What a reader of figures has to know.
	static Map<String, Object> description() {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("cpus", CPUS);
		description.put("cpu",
				read(Path.of("/proc/cpuinfo")).lines()
					.filter((line) -> line.startsWith("model name"))
					.map((line) -> line.substring(line.indexOf(':') + 1).strip())
					.findFirst()
					.orElse(System.getProperty("os.arch")));
		description.put("memory MB", Math.round(field("/proc/meminfo", "MemTotal") / 1024));
		description.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
		description.put("congestion control", read(Path.of("/proc/sys/net/ipv4/tcp_congestion_control")).strip());
		description.put("autogroup", read(Path.of("/proc/sys/kernel/sched_autogroup_enabled")).strip());
		description.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
		description.put("revision", revision());
		return description;
	}

	private static String revision() {
		try {
			Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").redirectErrorStream(true)
				.start();
			String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			return (git.waitFor() == 0) ? said : "unknown";
		}
		catch (IOException ex) {
			return "unknown";
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return "unknown";
		}
	}

}
