import { makeAppliance, startUnit } from "./world";
import { Aws } from "./aws";
import { setTimeout as sleep } from "node:timers/promises";
void (async () => {
  const a = await makeAppliance({ RULE_SOURCES: `https://r.test/first.rules https://r.test/second.rules` });
  const aws = await Aws.start(a, ["r.test"]);
  a.write("/tmp/1", `alert udp any any -> any 1 (msg:"rule 1"; content:"x"; sid:1; rev:1;)\n`);
  a.write("/tmp/2", `alert udp any any -> any 1 (msg:"rule 2"; content:"x"; sid:2; rev:1;)\n`);
  aws.publish("r.test", "/first.rules", "/tmp/1");
  aws.publish("r.test", "/second.rules", "/tmp/2");
  const u = startUnit(a, "ringfence-rules.service");
  await sleep(4000);
  console.log(
    u.output(),
    a.sh("ls -R /var/lib/ringfence/rules; cat /var/lib/ringfence/rules/suricata.rules"),
    aws.requests(),
  );
  console.log(
    a.sh(`openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=c2.evil.test -keyout /tmp/key.pem -out /tmp/certificate.pem 2>/dev/null; 
 mkdir -p /run/ringfence-suricata; cp /repository/test/system/appliance/programs/attacks.rules /var/lib/ringfence/rules/suricata.rules
      rm -rf /var/log/ringfence/suricata && mkdir -p /var/log/ringfence/suricata
      python3 /repository/test/system/appliance/programs/make_pcap.py attacks /tmp/attacks.pcap /tmp/certificate.pem /tmp/key.pem; ls -l /tmp
      suricata -v -c /opt/ringfence/etc/suricata.yaml -r /tmp/attacks.pcap --set outputs.3.eve-log.enabled=yes 2>&1; ls -l /var/log/ringfence/suricata /var/log/suricata /tmp`),
  );
  await aws.stop();
  await a.stop();
})();
