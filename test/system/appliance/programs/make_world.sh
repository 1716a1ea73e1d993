#!/bin/bash
# Puts spokes, an internet behind each, a load balancer and AWS around the virtual machine, and makes an appliance of it by install.sh. The
# settings lie at /etc/ringfence/appliance.env. Two endpoints' clients and servers have the same addresses.
set -euo pipefail
programs=/srv/programs
client=10.50.0.10
servers=(198.51.100.10 198.51.100.20 203.0.113.5)

# wait_for <text> <file>
wait_for() {
  local deadline=$((SECONDS + 30))
  until grep -q "$1" "$2"; do
    if ((SECONDS > deadline)); then
      echo "$2 says no '$1' but: $(cat "$2")" >&2
      exit 1
    fi
    sleep 0.1
  done
}

# Elsewhere udev sees to it.
modprobe tun
hostname appliance
ip link set lo up
pids=()
for name in vpc spoke-a internet-a spoke-b internet-b; do
  ip netns add "$name"
  ip -n "$name" link set lo up
  ip netns exec "$name" sleep infinity &
  pids+=($!)
done

ip link add ens5 type veth peer name balancer netns vpc
ip addr add 10.30.1.10/20 dev ens5
ip link set ens5 mtu 9001 up
ip -n vpc addr add 10.30.1.20/20 dev balancer
ip -n vpc link set balancer mtu 9001 up
ip route add default via 10.30.1.20

mkfifo /run/balancer
sleep infinity >/run/balancer &
ip netns exec vpc python3 -B "$programs/gwlb.py" 10.30.1.10 \
  "0a1b2c3d4e5f6071:${pids[1]}:${pids[2]}:10.50.0.0/16" "0a1b2c3d4e5f6072:${pids[3]}:${pids[4]}:10.50.0.0/16" \
  </run/balancer >/run/balancer.log 2>&1 &

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=site.test \
  -keyout /run/site.key -out /run/site.pem 2>/dev/null
wait_for ready /run/balancer.log
for letter in a b; do
  ip -n "spoke-$letter" addr add "$client/16" dev vpce
  ip -n "spoke-$letter" link set vpce up
  ip -n "spoke-$letter" route add default dev vpce
  for server in "${servers[@]}"; do ip -n "internet-$letter" addr add "$server/24" dev world; done
  ip -n "internet-$letter" link set world up
  ip -n "internet-$letter" route add default dev world
  ip netns exec "internet-$letter" python3 -B "$programs/internet.py" /run/site.pem /run/site.key "$(IFS=,; echo "${servers[*]}")" 7 22 5432 8080 >"/run/internet-$letter.log" 2>&1 &
done

# AWS, to which the appliance goes by its own loopback here.
mkdir -p /srv/aws/objects
names=(artifacts.s3.eu-central-1.aws.test autoscaling.eu-central-1.aws.test)
echo "127.0.0.1 localhost ${names[*]}" >/etc/hosts
ip addr add 169.254.169.254/32 dev lo
cd /srv/aws
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=aws.test \
  -addext "subjectAltName=DNS:${names[0]},DNS:${names[1]}" -keyout key.pem -out certificate.pem 2>/dev/null
cat certificate.pem >>/etc/ssl/certs/ca-certificates.crt
echo '{"services/domain":"aws.test","instance-id":"i-0123456789abcdef0","placement/availability-zone":"eu-central-1b","autoscaling/target-lifecycle-state":"InService"}' >metadata.json
echo '{}' >answers.json
python3 -B "$programs/aws.py" /srv/aws >/run/aws.log 2>&1 &

# What an image brings along.
install -m 755 "$programs/gwlbtun.py" /usr/local/bin/gwlbtun
agent=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
mkdir -p "${agent%/*}" /var/lib/ringfence/rules
printf '#!/bin/sh\n' >$agent
chmod 755 $agent
cp "$programs/attacks.rules" /var/lib/ringfence/rules/suricata.rules
for log in /run/aws.log /run/internet-a.log /run/internet-b.log; do wait_for ready "$log"; done
bash /opt/ringfence/install.sh >/run/install.log 2>&1 || {
  cat /run/install.log
  exit 1
}
