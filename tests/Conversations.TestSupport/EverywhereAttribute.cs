using System.Reflection;
using Xunit.Sdk;

namespace Conversations.TestSupport;

/// <summary>Runs a theory in both route shapes on every available database. Parameters: Store, Shape.</summary>
public sealed class EverywhereAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from store in Stores.Available
        from shape in Enum.GetValues<Shape>()
        select new object[] { store, shape };
}
