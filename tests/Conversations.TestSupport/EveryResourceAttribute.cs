using System.Reflection;
using Xunit.Sdk;

namespace Conversations.TestSupport;

/// <summary>
/// Runs a theory on every resource that has SIDs, on every available database. Parameters: Store, string; the string is
/// the <see cref="ApiResource.Path"/>.
/// </summary>
public sealed class EveryResourceAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from store in Stores.Available
        from resource in Resources.All
        where resource.SidPrefix is not null
        select new object[] { store, resource.Path };
}
