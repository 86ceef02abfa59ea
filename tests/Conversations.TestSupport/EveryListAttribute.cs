using System.Reflection;
using Xunit.Sdk;

namespace Conversations.TestSupport;

/// <summary>
/// Runs a theory on every list of the table <see cref="Resources"/>, in each of its route shapes, on every available
/// database. Parameters: Store, Shape, string; the string is the <see cref="ApiResource.Path"/>.
/// </summary>
public sealed class EveryListAttribute : DataAttribute
{
    /// <summary>Leaves out the lists of the account that belong to no chat service.</summary>
    public bool InServiceOnly { get; init; }

    /// <summary>Leaves out the lists whose rows have no path.</summary>
    public bool WithRowPaths { get; init; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from store in Stores.Available
        from shape in InServiceOnly ? [Shape.Service] : Enum.GetValues<Shape>()
        from resource in Resources.All
        where resource.SidPrefix is not null && resource.Shapes.Contains(shape)
        where resource.HasRowPaths || !WithRowPaths
        select new object[] { store, shape, resource.Path };
}
