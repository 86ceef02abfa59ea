using System.Reflection;
using Xunit.Sdk;

namespace Conversations.TestSupport;

/// <summary>
/// Runs a theory on every resource whose rows can be deleted, on every available database. Parameters: Store, string;
/// the string is the <see cref="ApiResource.Path"/>.
/// </summary>
public sealed class EveryResourceAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from store in Stores.Available
        from resource in Resources.All
        where resource is { SidPrefix: not null, HasRowPaths: true, IsMadeByServer: false }
        select new object[] { store, resource.Path };
}
