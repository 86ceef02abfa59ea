using Conversations.Api.Data;
using Conversations.Api.Errors;
using Npgsql;

namespace Conversations.Tests.Data;

/// <summary>The meaning of connection strings. StartupTests shows that a server connects with them.</summary>
public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("postgresql://db.example.com", "Host=db.example.com")]
    [InlineData("postgres://db.example.com/app", "Host=db.example.com;Database=app")]
    [InlineData(
        "postgresql://alice@db.example.com:6432/app",
        "Host=db.example.com;Port=6432;Username=alice;Database=app"
    )]
    [InlineData(
        "postgresql://alice:p%40ss%3A%2F%3F%23w%25rd@db.example.com/app",
        "Host=db.example.com;Username=alice;Password=p@ss:/?#w%rd;Database=app"
    )]
    [InlineData(
        "postgresql://alice:a;b='c'@db.example.com/app",
        "Host=db.example.com;Username=alice;Password=\"a;b='c'\";Database=app"
    )]
    [InlineData(
        "postgresql://alice:with@sign@db.example.com/app",
        "Host=db.example.com;Username=alice;Password=with@sign;Database=app"
    )]
    [InlineData(
        "postgresql://alice%40corp:x@db.example.com/my%20app",
        "Host=db.example.com;Username=alice@corp;Password=x;Database=my app"
    )]
    [InlineData("postgresql://[::1]:6432/app", "Host=::1;Port=6432;Database=app")]
    [InlineData("postgresql://[2001:db8::1]/app", "Host=2001:db8::1;Database=app")]
    [InlineData("postgresql://%2Fvar%2Frun%2Fpostgresql/app", "Host=/var/run/postgresql;Database=app")]
    [InlineData(
        "postgresql:///app?host=/var/run/postgresql&port=6432",
        "Host=/var/run/postgresql;Port=6432;Database=app"
    )]
    [InlineData("postgresql://db/app?user=alice&password=p%26q", "Host=db;Username=alice;Password=p&q;Database=app")]
    [InlineData("postgresql://db/app?sslmode=require", "Host=db;Database=app;SSL Mode=Require")]
    [InlineData(
        "postgresql://db/app?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "Host=db;Database=app;SSL Mode=VerifyFull;Root Certificate=/etc/ca.pem"
    )]
    [InlineData(
        "postgresql://db/app?sslcert=a.pem&sslkey=b.pem&sslnegotiation=direct",
        "Host=db;Database=app;SSL Certificate=a.pem;SSL Key=b.pem;SSL Negotiation=Direct"
    )]
    [InlineData(
        "postgresql://db/app?application_name=conversations",
        "Host=db;Database=app;Application Name=conversations"
    )]
    [InlineData("postgresql://db/app?channel_binding=require", "Host=db;Database=app;Channel Binding=Require")]
    [InlineData(
        "postgresql://db/app?options=-c%20search_path%3Dtenant",
        "Host=db;Database=app;Options=-c search_path=tenant"
    )]
    [InlineData(
        "postgresql://db/app?search_path=tenant&Maximum_Pool_Size=7",
        "Host=db;Database=app;Search Path=tenant;Maximum Pool Size=7"
    )]
    public void A_URL_has_the_same_meaning_as_in_libpq(string url, string keywords)
    {
        var (expected, settings) = (
            ConnectionStrings.Postgres(keywords, timeout: 10),
            ConnectionStrings.Postgres(url, timeout: 10)
        );

        Assert.True(expected.EquivalentTo(settings), $"{settings}\ninstead of\n{expected}");
    }

    [Fact]
    public void A_URL_may_contain_several_hosts()
    {
        var settings = ConnectionStrings.Postgres(
            "postgresql://alice@db1:5433,db2/app?target_session_attrs=primary",
            timeout: 10
        );

        Assert.Equal(
            ("db1:5433,db2", "alice", "app", "primary"),
            (settings.Host, settings.Username, settings.Database, settings.TargetSessionAttributes)
        );
        Assert.Equal(
            "read-write",
            ConnectionStrings.Postgres("postgresql://db1,db2/app", timeout: 10).TargetSessionAttributes
        );
    }

    [Theory]
    [InlineData("postgresql://alice:secret@db/app?flavour=x", "flavour")]
    [InlineData("postgresql://alice:secret@db/app?sslmode=x", "sslmode")]
    [InlineData("postgresql://alice:secret@db/app?sslmode", "sslmode")]
    [InlineData("postgresql://alice:secret@db/app?connect_timeout=x", "connect_timeout")]
    [InlineData("postgresql://alice:secret@db:port/app", "port")]
    [InlineData("postgresql://alice:secret@db:99999/app", "port")]
    [InlineData("postgresql://alice:secret%@db/app", "password")]
    [InlineData("postgresql://alice:secret@/app", "Host")]
    [InlineData("mysql://alice:secret@db/app", "postgresql://")]
    public void An_unreadable_URL_gives_a_message_without_its_password(string url, string named)
    {
        var sentence = Assert
            .Throws<ConfigurationException>(() => ConnectionStrings.Postgres(url, timeout: 10))
            .Message;

        Assert.StartsWith("ConnectionStrings__Postgres can't be read: ", sentence, StringComparison.Ordinal);
        Assert.Contains(named, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db", GssEncryptionMode.Disable, 10, true)]
    [InlineData("postgresql://db/app", GssEncryptionMode.Disable, 10, true)]
    [InlineData(
        "Host=db;GSS Encryption Mode=Prefer;Timeout=3;No Reset On Close=false",
        GssEncryptionMode.Prefer,
        3,
        false
    )]
    [InlineData(
        "postgresql://db/app?gssencmode=prefer&connect_timeout=3&No_Reset_On_Close=false",
        GssEncryptionMode.Prefer,
        3,
        false
    )]
    public void Settings_in_the_connection_string_override_the_servers_defaults(
        string given,
        GssEncryptionMode gss,
        int timeout,
        bool noReset
    )
    {
        var settings = ConnectionStrings.Postgres(given, timeout: 10);

        Assert.Equal((gss, timeout, noReset), (settings.GssEncryptionMode, settings.Timeout, settings.NoResetOnClose));
    }

    [Theory]
    [InlineData(null, "conversations.db")]
    [InlineData("Data Source=/data/a.db", "/data/a.db")]
    [InlineData("/data/a.db", "/data/a.db")]
    [InlineData("a.db", "a.db")]
    [InlineData("folder with blanks/a.db", "folder with blanks/a.db")]
    [InlineData(":memory:", ":memory:")]
    [InlineData("file:a.db?cache=private", "file:a.db?cache=private")]
    public void A_bare_path_is_a_SQLite_file(string? given, string file) =>
        Assert.Equal(file, ConnectionStrings.Sqlite(given, timeout: 10).DataSource);

    [Theory]
    [InlineData("file:a.db", "a.db")]
    [InlineData("file:///data/a%20b.db?mode=memory&mode=rwc", "/data/a b.db")]
    [InlineData("file://localhost/data/a.db?MODE=memory", "/data/a.db")]
    [InlineData("file:a%3Fmode=memory#?mode=memory", "a?mode=memory")]
    [InlineData("Data Source=a.db?mode=memory", "a.db?mode=memory")]
    public void A_URI_is_read_as_SQLite_reads_it(string given, string path) =>
        Assert.Equal(new(path, IsInMemory: false), SqliteName.Of(ConnectionStrings.Sqlite(given, timeout: 10)));
}
