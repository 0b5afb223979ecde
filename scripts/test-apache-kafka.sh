#!/usr/bin/env bash
# Runs the tests that need Kafka against Apache Kafka itself, in a container that is removed afterwards. Needs Docker.
#   scripts/test-apache-kafka.sh [test filter]
set -euo pipefail
cd "$(dirname "$0")/.."

# The version that compose.yaml runs.
image=$(sed -n 's/^ *image: \(apache\/kafka:.*\)$/\1/p' deploy/compose.yaml)
port=${KAFKA_PORT:-19092}
bin=/opt/kafka/bin

container=$(docker run --detach --rm --publish "127.0.0.1:$port:$port" \
    --env KAFKA_NODE_ID=1 \
    --env KAFKA_PROCESS_ROLES=broker,controller \
    --env KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9093 \
    --env KAFKA_LISTENERS="PLAINTEXT://:$port,CONTROLLER://:9093" \
    --env KAFKA_ADVERTISED_LISTENERS="PLAINTEXT://127.0.0.1:$port" \
    --env KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT \
    --env KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER \
    --env KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1 \
    --env KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1 \
    --env KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1 \
    --env KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS=0 \
    --env KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS=1000 \
    --env KAFKA_AUTO_CREATE_TOPICS_ENABLE=false \
    "$image")
trap 'docker stop "$container" >/dev/null' EXIT

topics() { docker exec "$container" "$bin/kafka-topics.sh" --bootstrap-server "localhost:$port" --list; }

for ((tries = 0; ; tries++)); do
    topics >/dev/null 2>&1 && break
    if ((tries >= 60)); then
        docker logs "$container" >&2
        echo "test-apache-kafka: $image does not answer" >&2
        exit 1
    fi
    sleep 1
done

echo "test-apache-kafka: $image at 127.0.0.1:$port"
WAYBILL_TEST_KAFKA=127.0.0.1:$port swift test -c release --skip-build --disable-xctest --filter "${1:-Kafka|Cluster}"

# Tests that fell back to a stand-in would pass just as well. The broker's log names every topic it made.
if [ "$(docker logs "$container" 2>&1 | grep -c delivery-events)" -eq 0 ]; then
    echo "test-apache-kafka: no test made a topic on this broker, so none of them tested it" >&2
    exit 1
fi
