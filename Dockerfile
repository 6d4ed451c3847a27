# Holdfast's image: a JVM with the modules of Java SE, the application in layers, and a directory for handlers of your
# own. No shell and no package manager: beside the JVM there is the C library.
#
#   docker build -t holdfast --build-arg REVISION="$(git rev-parse HEAD)" .
#   docker run -p 8080:8080 --read-only --tmpfs /tmp -e SHOPIFY_WEBHOOK_SECRET=… -e HOLDFAST_STORE_BUCKET=… … holdfast
#
# Handlers: copy or mount jars to /opt/holdfast/handlers/. They are on the class path; a handler becomes a bean through
# its jar's META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports.
# Options for the JVM: JAVA_TOOL_OPTIONS; the health check takes them too. A thread dump: docker kill --signal QUIT.
# What it is made of: /opt/holdfast/sbom.json (CycloneDX), and for the C library /var/lib/dpkg/status.d.
# Where Maven has built and tested target/holdfast-*.jar already, --build-arg PREBUILT=true takes that one.

FROM maven:3-eclipse-temurin-25 AS runtime
# All of Java SE, because handlers may need any of it, and what Holdfast, Netty and a profiler look for beside it.
RUN jlink --output /opt/jre --compress zip-6 --strip-java-debug-attributes --no-header-files --no-man-pages --generate-cds-archive \
    --add-modules java.se,jdk.crypto.cryptoki,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs
# The C library as the linker finds it, with its entry for scanners.
RUN mkdir -p /image/etc /image/tmp /image/var/lib/dpkg/status.d && chmod 1777 /image/tmp \
 && ldd /opt/jre/bin/java /opt/jre/lib/server/libjvm.so /opt/jre/lib/libnet.so /opt/jre/lib/libnio.so /opt/jre/lib/libzip.so \
  | grep -o '/[^ ]*' | grep -v '^/opt\|:$' | sort -u | xargs -I LIB cp -L --parents LIB /image \
 && dpkg -s libc6 > /image/var/lib/dpkg/status.d/libc6 && cp -L /etc/os-release /image/etc/ \
 && echo 'holdfast:x:10001:10001::/opt/holdfast:/none' > /image/etc/passwd && echo 'holdfast:x:10001:' > /image/etc/group \
 && echo 'hosts: files dns' > /image/etc/nsswitch.conf

FROM runtime AS build
ARG PREBUILT=
WORKDIR /build
# A layer of its own: dependencies change more rarely than code.
COPY pom.xml ./
RUN test -n "$PREBUILT" || mvn -q -B dependency:go-offline
COPY src/main src/main
# There may be none: a pattern that matches nothing is no error beside a file that is there.
COPY pom.xml target/holdfast-*.jar target/
RUN { test -n "$PREBUILT" || { rm -rf target && mvn -q -B -DskipTests package; }; } \
 && java -Djarmode=tools -jar target/holdfast-*.jar extract --layers --application-filename holdfast.jar --destination layers \
 && cd layers && mkdir application/handlers \
 && jar xf application/holdfast.jar META-INF/sbom/application.cdx.json && mv META-INF/sbom/application.cdx.json application/sbom.json \
 && for jar in dependencies/lib/netty-transport-native-epoll-*-linux-*.jar; do jar xf "$jar" META-INF/native; done \
 && mv META-INF/native dependencies/native && rm -r META-INF
# A training run for the AOT cache: with what it loaded and linked, a start takes less than half the time. It is made here, with the
# JVM of the image and under the same paths, because the cache fits no other. Store and Redis are the application itself, which
# answers that it is neither, so that the code of asking them and of serving is in the cache, and nothing outside is touched.
# A cache that does not fit, as with another garbage collector in JAVA_TOOL_OPTIONS, is left out with a warning.
RUN mkdir /opt/holdfast && cp -a layers/dependencies/. layers/snapshot-dependencies/. layers/application/. /opt/holdfast/ \
 && install -m 644 src/main/jvm/jvm.options /opt/holdfast/ && cd /opt/holdfast \
 && export SERVER_PORT=8080 && { \
    SHOPIFY_WEBHOOK_SECRET=only-for-the-training-run HOLDFAST_DRAINDELAY=0s SPRING_DATA_REDIS_HOST=127.0.0.1 SPRING_DATA_REDIS_PORT=$SERVER_PORT \
    HOLDFAST_STORE_PROVIDER=generic HOLDFAST_STORE_ENDPOINT=http://127.0.0.1:$SERVER_PORT HOLDFAST_STORE_ALLOWINSECURE=true \
    HOLDFAST_STORE_REGION=training HOLDFAST_STORE_BUCKET=training HOLDFAST_STORE_ACCESSKEY=training HOLDFAST_STORE_SECRETKEY=training \
    /opt/jre/bin/java @jvm.options -Djava.library.path=/opt/holdfast/native \
    -XX:AOTCacheOutput=holdfast.aot -Xlog:aot=error -cp "holdfast.jar:handlers/*" dev.holdfast.HoldfastApplication > /tmp/training.log 2>&1 & } \
 && for i in $(seq 60); do grep -q store-failing /tmp/training.log && grep -q redis-down /tmp/training.log \
      && /opt/jre/bin/java -cp holdfast.jar dev.holdfast.operate.LivenessCheck && touch /tmp/trained && break || sleep 1; done \
 && { kill $!; wait $!; test -e /tmp/trained && test -s holdfast.aot; } || { cat /tmp/training.log; exit 1; }

FROM scratch
COPY --from=runtime /image/ /
COPY --from=runtime /opt/jre/ /opt/jre/
ENV JAVA_HOME=/opt/jre PATH=/opt/jre/bin
WORKDIR /opt/holdfast
# In the order of change, so that a new version of the application is a small last layer.
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
COPY --from=build /opt/holdfast/jvm.options /opt/holdfast/holdfast.aot ./
ARG REVISION=unknown
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Holdfast" \
      org.opencontainers.image.description="Shopify webhook ingestion: once acknowledged, never lost; each event's effect once" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
USER 10001:10001
EXPOSE 8080
# Liveness, not health: an orchestrator that restarts what is unhealthy must not do so because the store is down.
# A small JVM asks, since there is no shell that could: 0.13 s of a CPU each time. It takes the application's options from
# JAVA_TOOL_OPTIONS, and so sets what heap and collector it has against them.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["java", "-Xms8m", "-Xmx16m", "-XX:-UseG1GC", "-XX:-UseParallelGC", "-XX:-UseZGC", "-XX:-UseShenandoahGC", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp", "holdfast.jar", "dev.holdfast.operate.LivenessCheck"]
STOPSIGNAL SIGTERM
# Netty's library is at hand, because it could not be unpacked into a /tmp that is mounted without `exec`, and without it
# a connection to a partitioned Redis lasts.
# Exec form: the JVM is the first process and gets the signal. Two fifths of the memory are left to threads, buffers and
# the JVM itself. The heap has its size from the start, because one that is fitted to what is in it is marked all the time under load.
ENTRYPOINT ["java", "@jvm.options", "-XX:InitialRAMPercentage=60", "-XX:MaxRAMPercentage=60", "-XX:AOTCache=holdfast.aot", \
  "-Djava.library.path=/opt/holdfast/native", "-cp", "holdfast.jar:handlers/*", "dev.holdfast.HoldfastApplication"]
