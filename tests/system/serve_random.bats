#!/usr/bin/env bats
# Many users ask `rbacctl serve` for all kinds of things: each is answered, and the store is sound.
# RBAC_REQUESTS: how many; RBAC_SEED: of the random numbers.

load lib

setup_file() {
	local i
	add_people
	for i in {0..99}; do echo "u$i:x:$((20000 + i)):100::/:/bin/sh"; done >>/etc/passwd
	mkdir -p /etc/rbac/policy.d
	cat >/etc/rbac/policy.d/site.conf <<-'EOF'
		version = 1;
		kinds = { host = { }; };
		roles = {
		  lead = { kind = "host"; bootstrap = true; assign_by = [ "lead" ]; };
		  dev = { kind = "host"; assign_by = [ "lead" ]; };
		  read = { kind = "host"; assign_by = [ "lead", "anyone" ];
		           review_every = "1d"; review_by = [ "anyone" ]; };
		  prod-root = { kind = "host"; assign_by = [ "lead" ]; max_for = "8h";
		                request_by = [ "anyone" ]; approve_by = [ "anyone" ];
		                approval = "required"; };
		};
	EOF
	quietly rbacctl init --root host:main --admin alice
	for i in {0..9}; do quietly rbacctl assign "u$i" lead; done
	serve_up
}

@test "each request is answered, whatever its words are, and the store is sound afterwards" {
	local seed=${RBAC_SEED:-$RANDOM}
	run -0 "$BATS_TEST_DIRNAME/tools/random_requests.py" 20000 100 \
		"${RBAC_REQUESTS:-1500}" "$seed"
	says "seed $seed ended {0: "
	[[ ${lines[-1]} == *' 2: '*' 3: '* ]]
	kill -0 "$(cat /tmp/serve.pid)"
	[ ! -s /tmp/serve.err ] || { cat /tmp/serve.err; return 1; }
	run -0 rbacctl verify
}
