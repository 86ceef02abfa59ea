using System.Reflection;
using Xunit.Sdk;

namespace Conversations.TestSupport;

/// <summary>The databases the server runs on.</summary>
public enum Store
{
    Sqlite,
    Postgres,
}

/// <summary>The route shapes: /v1/… and /v1/Services/{ChatServiceSid}/….</summary>
public enum Shape
{
    Default,
    Service,
}

/// <summary>Runs a theory in both route shapes on every database that can be had: parameters (Store, Shape).</summary>
public sealed class EverywhereAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from store in Stores.Available
        from shape in Enum.GetValues<Shape>()
        select new object[] { store, shape };
}

/// <summary>Runs a theory on every database that can be had: parameter (Store), followed by the given values.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnEachStoreAttribute(params object?[] values) : DataAttribute
{
    public override IEnumerable<object?[]> GetData(MethodInfo testMethod) =>
        Stores.Available.Select(store => (object?[])[store, .. values]);
}

/// <summary>Which databases can be had here.</summary>
public static class Stores
{
    public static IReadOnlyList<Store> Available { get; } =
        PostgresServer.Unavailable is null ? [Store.Sqlite, Store.Postgres] : [Store.Sqlite];
}

/// <summary>A fact that needs something this machine may lack: it is skipped with a reason, except under CI=true, where it fails.</summary>
public abstract class NeedsAttribute : FactAttribute
{
    protected NeedsAttribute(string? missing) => Skip = ReasonToSkip(missing);

    internal static string? ReasonToSkip(string? missing) =>
        Environment.GetEnvironmentVariable("CI") == "true" ? null : missing;
}

/// <summary>A theory that needs something this machine may lack: skipped as a whole, with a reason, except under CI=true, where its cases fail.</summary>
public abstract class TheoryNeedsAttribute : TheoryAttribute
{
    protected TheoryNeedsAttribute(string? missing) => Skip = NeedsAttribute.ReasonToSkip(missing);
}

public sealed class NeedsPostgresAttribute() : NeedsAttribute(PostgresServer.Unavailable);

/// <summary>A fact that stops its PostgreSQL: one of its own.</summary>
public sealed class NeedsOwnPostgresAttribute() : NeedsAttribute(PostgresServer.NoneOfOnesOwn);

/// <summary>A fact that has a standby follow its PostgreSQL.</summary>
public sealed class NeedsStandbyAttribute() : NeedsAttribute(PostgresServer.NoStandby);
