import Testing

@testable import Bridge

@Suite struct ServiceNameTests {
    @Test(arguments: [
        ("java -jar shop.jar", "/usr/lib/jvm/bin/java", "shop"),
        ("java -Xmx1g -cp a.jar:b.jar com.example.Main --port 1", "/usr/bin/java", "Main"),
        ("java -m shop/com.example.Shop", "/usr/bin/java", "Shop"),
        ("python3 -m app --port 80", "/usr/bin/python3.11", "app"),
        ("python3 -u /srv/orders.py", "/usr/bin/python3.11", "orders"),
        ("python3 -X dev -W ignore svc.py", "/usr/bin/python3.11", "svc"),
        (
            "/usr/bin/python3 /usr/bin/gunicorn -b 0.0.0.0:8000 --access-logfile - shop.wsgi:application",
            "/usr/bin/python3.11", "shop"
        ),
        ("/usr/bin/python3 /usr/bin/gunicorn app:app", "/usr/bin/python3.11", "app"),
        ("python3 -m uvicorn --host localhost --port 80 orders.main:create_app", "/usr/bin/python3.11", "orders"),
        ("python3 /usr/bin/opentelemetry-instrument python3 shop.py", "/usr/bin/python3.11", "shop"),
        ("python3 /usr/bin/celery -A billing worker", "/usr/bin/python3.11", "billing"),
        ("/usr/bin/python3 /usr/bin/gunicorn", "/usr/bin/python3.11", "gunicorn"),
        ("java -jar /srv/shop-1.2.3-SNAPSHOT.jar", "/usr/bin/java", "shop"),
        ("java -Dspring.application.name=cart -jar x.jar", "/usr/bin/java", "cart"),
        ("node -r dotenv/config dist/api.js", "/usr/bin/node", "api"),
        ("ruby -I lib bin/rails server", "/usr/bin/ruby3.1", "rails"),
        ("dotnet /app/Shop.Api.dll --urls x", "/usr/bin/dotnet", "Shop.Api"),
        ("perl -I lib app.psgi", "/usr/bin/perl", "app"),
        ("/bin/sh /srv/poll.sh --once", "/usr/bin/dash", "poll"), ("sh -c x", "/usr/bin/dash", "dash"),
        ("bash -l", "/usr/bin/bash", "bash"),
        ("python3 -c pass", "/usr/bin/python3.11", "python3.11"), ("python3", "/usr/bin/python3.11", "python3.11"),
        ("node --inspect /app/server.js", "/usr/bin/node", "server"), ("php8.2 index.php", "/usr/bin/php8.2", "index"),
        ("nginx: worker process", "/usr/sbin/nginx", "nginx"), ("orders --port 1", "/usr/local/bin/orders", "orders"),
        ("x", "/opt/app (deleted)", "app"),
    ])
    func programIsNamedAsPeopleCallIt(_ line: String, _ executable: String, _ name: String) {
        let arguments = line.split(separator: " ").map(String.init)
        #expect(ServiceName.guess(arguments: arguments, executable: executable, command: "comm") == name)
    }

    @Test(arguments: [
        ("php-fpm: pool shop", "/usr/sbin/php-fpm8.2", "shop"),
        ("php-fpm: pool www", "/usr/sbin/php-fpm8.2", "php-fpm8.2"),
        ("php-fpm: master process (/etc/php/fpm.conf)", "/usr/sbin/php-fpm8.2", "php-fpm8.2"),
        ("puma: cluster worker 0: 12 [shop]", "/usr/bin/ruby3.1", "shop"),
        ("gunicorn: worker [shop.wsgi]", "/usr/bin/python3.11", "shop"),
        ("puma 6.4.0 (tcp://0.0.0.0:3000) []", "/usr/bin/ruby3.1", "ruby3.1"),
    ])
    func titlesThatProgramsGiveThemselvesAreRead(_ title: String, _ executable: String, _ name: String) {
        #expect(ServiceName.guess(arguments: [title], executable: executable, command: "comm") == name)
    }

    @Test func threadNameIsTheLastResort() {
        #expect(ServiceName.guess(arguments: [], executable: nil, command: "curl") == "curl")
        #expect(ServiceName.guess(arguments: [], executable: nil, command: "") == "unknown_service")
        #expect(ServiceName.guess(arguments: ["/usr/bin/wget", "x"], executable: nil, command: "wget") == "wget")
    }

    @Test func ownNameBeatsResourceAttributes() {
        let declared = DeclaredAttributes(environment: [
            "PATH=/bin", "OTEL_RESOURCE_ATTRIBUTES=service.name=a, deployment.environment.name = pr%20od ",
            "OTEL_SERVICE_NAME=b",
        ])
        #expect(declared.serviceName == "b")
        #expect(declared.attributes.map(\.key) == ["deployment.environment.name"])
        #expect(declared.attributes.map(\.value) == ["pr od"])
        #expect(DeclaredAttributes(environment: ["OTEL_RESOURCE_ATTRIBUTES=service.name=a"]).serviceName == "a")
        #expect(DeclaredAttributes(environment: ["OTEL_SERVICE_NAME="]).serviceName == nil)
    }

    @Test(arguments: ["novalue", "a=1,b", "a=%zz", "a=%f", "=x", "a=%ff"])
    func malformedResourceAttributesAreDiscardedWhole(_ list: String) {
        #expect(DeclaredAttributes.parse("ok=1," + list) == nil)
    }
}
