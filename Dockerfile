# Holdfast's image: a JRE, the application in layers, and a directory for handlers of your own.
#
#   docker build -t holdfast .
#   docker run -p 8080:8080 -e SHOPIFY_WEBHOOK_SECRET=… -e HOLDFAST_STORE_BUCKET=… … holdfast
#
# Handlers: copy or mount jars to /opt/holdfast/handlers/. They are on the class path; a handler becomes a bean through
# its jar's META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports.
# Options for the JVM: JAVA_TOOL_OPTIONS.
# Where Maven has built and tested target/holdfast-*.jar already, --build-arg PREBUILT=true takes that one.

FROM maven:3-eclipse-temurin-25 AS build
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
 && mkdir layers/application/handlers \
 && for jar in layers/dependencies/lib/netty-transport-native-epoll-*-linux-*.jar; do (cd layers/dependencies && jar xf "../../$jar" META-INF/native); done \
 && mv layers/dependencies/META-INF/native layers/dependencies/native && rm -r layers/dependencies/META-INF

FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="Holdfast" \
      org.opencontainers.image.description="Shopify webhook ingestion: once acknowledged, never lost; each event's effect once" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/eclipse-temurin:25-jre"
WORKDIR /opt/holdfast
# In the order of change, so that a new version of the application is a small last layer.
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
# A training run up to where the application would connect to anything: with what it loaded and linked, the start takes
# about half the time. It is made here, because the cache fits no other build of the JVM. One that does not fit, as
# with another garbage collector in JAVA_TOOL_OPTIONS, is left out with a warning.
RUN SHOPIFY_WEBHOOK_SECRET=only-for-the-training-run HOLDFAST_STORE_PROVIDER=aws HOLDFAST_STORE_BUCKET=training HOLDFAST_STORE_REGION=eu-west-1 \
    HOLDFAST_STORE_ACCESSKEY=training HOLDFAST_STORE_SECRETKEY=training SERVER_PORT=0 \
    java -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED -Djava.library.path=/opt/holdfast/native \
    -XX:AOTCacheOutput=holdfast.aot -Xlog:aot=error -Dspring.context.exit=onRefresh \
    -cp "holdfast.jar:handlers/*" dev.holdfast.HoldfastApplication > /tmp/training.log 2>&1 \
 && test -s holdfast.aot && rm -rf /tmp/* || { cat /tmp/training.log; exit 1; }
USER 10001:10001
EXPOSE 8080
# Liveness, not health: an orchestrator that restarts what is unhealthy must not do so because the store is down.
# Bash opens the connection itself, because an image without curl has fewer parts to patch, and a JVM each time is slow.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8080} && printf 'GET /actuator/health/liveness HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 2 -u 3 _ status _ && test \"$status\" = 200"]
STOPSIGNAL SIGTERM
# Netty's library is at hand, because it could not be unpacked into a /tmp that is mounted without `exec`, and without it
# a connection to a partitioned Redis lasts.
# Exec form: the JVM is the first process and gets the signal. A quarter of the memory is left to threads, buffers and
# the JVM itself.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-XX:AOTCache=holdfast.aot", "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED", \
  "-Djava.library.path=/opt/holdfast/native", "-cp", "holdfast.jar:handlers/*", "dev.holdfast.HoldfastApplication"]
